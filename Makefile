# One word per job. `make` alone lists them.
#
# Every target works from a clean clone; `setup` installs what a bare Debian 12 or Ubuntu lacks.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench audit

# A toolchain that `make setup` has just installed is not on the caller's search path yet.
export PATH := $(HOME)/.cargo/bin:$(PATH)

# `make demo DEMO_ARGS=--exit` ends after the report; `make bench BENCH_ARGS=--quick` is a smoke run.
# Started by root, the demo's database runs as `postgres`, who cannot enter a checkout in root's home.
DEMO_DIR ?= $(shell [ "$$(id -u)" -ne 0 ] || runuser -u postgres -- test -x "$(CURDIR)" 2>/dev/null \
	&& echo .mraos || echo /var/tmp/mraos-demo)
DEMO_ARGS ?=
BENCH_ARGS ?=

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what is missing (PostgreSQL, compiler, Rust); says what, under 1 s when all is there
	@scripts/setup.sh

demo: setup ## build, start mraos with embedded defaults, replay a factory log, show the report
	cargo build --release --locked --package mraos
	target/release/mraos demo --data-dir $(DEMO_DIR) $(DEMO_ARGS)

test: check ## everything a change must pass: `check` and all tests, on one dev-profile build
	cargo test --workspace --locked --no-fail-fast

check: setup ## formatting, lints and documentation with warnings denied, dependency direction, tidy
	cargo fmt --all -- --check
	cargo test --package mraos-tidy --locked --quiet
	cargo clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items --locked --quiet

bench: setup ## measure mraos against its rivals on this machine (release build, several minutes)
	cargo build --release --locked --package mraos --package mraos-bench
	target/release/mraos-bench core $(BENCH_ARGS)

audit: setup ## dependencies: licences, bans, sources; advisories when their database is reachable
	@scripts/audit.sh
