# One word per job. `make` alone lists them.
#
# Every target works from a clean clone; `setup` installs what a bare Debian 12 or Ubuntu lacks.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup build-tools web demo test check api-test browser-test bench bench-solver bench-plant bench-forecast audit

# What `make setup` has just installed is not on the caller's search path yet.
export PATH := $(CURDIR)/.setup/node/bin:$(HOME)/.cargo/bin:$(PATH)

# The screens are built anew when one of these is younger than the last build.
WEB_SOURCES := $(shell find web -type f -not -path '*/node_modules/*' -not -path 'web/dist/*')

# `make demo DEMO_ARGS=--exit` ends after a self-check; `make bench BENCH_ARGS=--quick` is a smoke run.
# Started by root, the demo's database runs as `postgres`, who cannot enter a checkout in root's home.
DEMO_DIR ?= $(shell [ "$$(id -u)" -ne 0 ] || runuser -u postgres -- test -x "$(CURDIR)" 2>/dev/null \
	&& echo .mraos || echo /var/tmp/mraos-demo)
DEMO_ARGS ?=
BENCH_ARGS ?=
LIVE_BENCH_ARGS ?=
LARGE_BENCH_ARGS ?=

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what is missing (PostgreSQL, Rust, Node, …); says what, under 1 s when all is there
	@scripts/setup.sh

# Without what only the tests need.
build-tools:
	@scripts/setup.sh build

web: build-tools web/dist/index.html ## build the screens into web/dist, if anything changed

web/dist/index.html: web/node_modules/.package-lock.json $(WEB_SOURCES)
	npm run --silent build --prefix web

# npm leaves this file behind when it is done.
%/node_modules/.package-lock.json: %/package-lock.json
	npm ci --silent --prefix $*
	@touch $@

demo: web ## build, start mraos with embedded defaults, show a living plant in the browser
	cargo build --release --locked --package mraos
	target/release/mraos demo --data-dir $(DEMO_DIR) $(DEMO_ARGS)

test: check ## everything a change must pass: `check`, all tests, the API's and the browser's; one dev-profile build
	cargo test --workspace --locked --no-fail-fast
	scripts/schemathesis.sh
	npm test --silent --prefix e2e

api-test: setup ## ask a real server all that the API's document allows, and much that it does not
	cargo build --package mraos --locked
	scripts/schemathesis.sh

browser-test: setup web e2e/node_modules/.package-lock.json ## drive the screens in headless Chromium
	cargo build --package mraos --locked
	npm test --silent --prefix e2e

check: setup web e2e/node_modules/.package-lock.json ## formatting, lints and documentation with warnings denied, dependency direction, tidy
	cargo fmt --all -- --check
	cargo test --package mraos-tidy --locked --quiet
	cargo clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items --locked --quiet
	npm run --silent check --prefix web
	npm run --silent check --prefix e2e

bench: setup web e2e/node_modules/.package-lock.json ## measure mraos against its rivals on this machine (release build, several minutes)
	cargo build --release --locked --package mraos --package mraos-bench
	target/release/mraos-bench core $(BENCH_ARGS)
	target/release/mraos-bench live $(LIVE_BENCH_ARGS)
	target/release/mraos-bench large $(LARGE_BENCH_ARGS)
	E2E_PROFILE=release npm run --silent first-paint --prefix e2e

# `make bench-solver SOLVER_ARGS="fjssp-w --seconds 60 --every 1"`: other sets, budgets, samples.
SOLVER_DATA ?= ../shared/data
SOLVER_ARGS ?= fjssp-w --every 8

bench-solver: build-tools ## measure `mraos solve` against CP-SAT (needs PyPI once; 20 s per instance), then `bench-plant`
	cargo build --release --locked --package mraos
	test -x target/bench-solver/bin/python || python3 -m venv target/bench-solver
	target/bench-solver/bin/pip install --quiet --requirement bench/solver/requirements.txt
	PYTHONDONTWRITEBYTECODE=1 target/bench-solver/bin/python bench/solver/compare.py \
		$(addprefix $(SOLVER_DATA)/,$(firstword $(SOLVER_ARGS))) \
		$(wordlist 2,$(words $(SOLVER_ARGS)),$(SOLVER_ARGS))
	$(MAKE) bench-plant

# Operations, machines, operators, seconds, threads, seeds.
PLANT_ARGS ?= 1000 300 500 5 2 1 2 3

bench-plant: build-tools ## measure the planning of generated plants against eight dispatching rules (half a minute)
	cargo build --release --locked --package mraos-solver --example plant
	target/release/examples/plant $(PLANT_ARGS)

# The rivals are scikit-learn; both sides by the same protocol, on several splits.
FORECAST_DATA ?= ../shared/data

bench-forecast: build-tools ## measure `mraos forecast` against scikit-learn (needs PyPI once; some minutes)
	cargo build --release --locked --package mraos
	cargo build --release --locked --package mraos-forecast --example pace
	test -x target/bench-forecast/bin/python || python3 -m venv target/bench-forecast
	target/bench-forecast/bin/pip install --quiet --requirement bench/forecast/requirements.txt
	PYTHONDONTWRITEBYTECODE=1 target/bench-forecast/bin/python bench/forecast/compare.py \
		--mraos target/release/mraos \
		--production-log $(FORECAST_DATA)/production-log/production_shared.csv \
		--machine-status $(FORECAST_DATA)/nist-sms-machine-status
	target/release/examples/pace

audit: setup ## dependencies: licences, bans, sources; advisories when their database is reachable
	@scripts/audit.sh
