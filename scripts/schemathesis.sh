#!/usr/bin/env bash
# Asks a real server everything that the API's document allows, and much that it does not, and holds
# the answers against the document: no 5xx, no status, content type or shape that is not written
# down. Seeded and bounded in time. Needs the development binary (`cargo build --package mraos`).
#
#   scripts/schemathesis.sh [SECONDS] [further options of `schemathesis run`]
set -euo pipefail
cd "$(dirname "$0")/.."

readonly SECONDS_AT_MOST=${1:-60}
shift || true
readonly BINARY=${CARGO_TARGET_DIR:-$PWD/target}/debug/mraos
readonly HOME_OF_TOOL=$PWD/.setup/schemathesis
readonly CONFIG=$PWD/scripts/schemathesis.toml
readonly TOKEN=schemathesis-$$-$RANDOM$RANDOM

# The tool, at the versions of schemathesis.txt.
if ! cmp -s scripts/schemathesis.txt "$HOME_OF_TOOL/installed.txt"; then
  echo "schemathesis: installing into $HOME_OF_TOOL"
  python3 -m venv --clear "$HOME_OF_TOOL"
  "$HOME_OF_TOOL/bin/pip" install --quiet --disable-pip-version-check -r scripts/schemathesis.txt
  cp scripts/schemathesis.txt "$HOME_OF_TOOL/installed.txt"
fi

# A server of its own with a database of its own. Started by root, the database runs as `postgres`,
# who must be able to enter the directory.
data=$(mktemp -d /var/tmp/mraos-schemathesis-XXXXXX)
chmod 755 "$data"
server=
stop() {
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$data"
}
trap stop EXIT
MRAOS_BOOTSTRAP_TOKEN=$TOKEN MRAOS_LOG=warn \
  "$BINARY" serve --data-dir "$data/plant" --listen 127.0.0.1:0 >"$data/out" 2>"$data/log" &
server=$!
url=
for _ in $(seq 300); do
  url=$(sed -n 's/^mraos listens on //p' "$data/out")
  [ -z "$url" ] || break
  kill -0 "$server" 2>/dev/null || break
  sleep 0.1
done
if [ -z "$url" ]; then
  echo "schemathesis: the server did not start:" >&2
  cat "$data/log" >&2
  exit 2
fi

status=0
# It keeps notes where it runs.
cd "$data"
MRAOS_TOKEN=$TOKEN "$HOME_OF_TOOL/bin/schemathesis" --config-file "$CONFIG" \
  run "$url/api/v1/openapi.json" --max-time "$SECONDS_AT_MOST" "$@" || status=$?
if grep -q 'defect of the server\|panicked' "$data/log"; then
  echo "schemathesis: the server's log speaks of defects:" >&2
  grep -m 20 'defect of the server\|panicked' "$data/log" >&2
  status=1
fi
exit "$status"
