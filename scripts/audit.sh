#!/usr/bin/env bash
# Holds the dependencies to deny.toml. Installs cargo-deny for this repository alone when the
# machine has none. Advisories are checked when their database can be fetched, else that is said.
set -euo pipefail

readonly VERSION=0.20.2
readonly TOOLS=.setup/tools

cd "$(dirname "$0")/.."
export PATH="$PWD/$TOOLS/bin:$PATH"

if ! command -v cargo-deny >/dev/null; then
  echo "audit: installing cargo-deny $VERSION into $TOOLS (once, a few minutes)"
  cargo install cargo-deny --locked --version "$VERSION" --root "$TOOLS"
fi

cargo deny --log-level error check bans licenses sources

if timeout 60 cargo deny --log-level error fetch db 2>/dev/null; then
  cargo deny --log-level error check advisories
else
  echo "audit: the advisory database is not reachable from here; advisories were not checked"
fi
