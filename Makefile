# Mappale: `make run` shows the map, `make test` proves that it works. `make help` lists the rest.
# Every step looks first whether it has anything to do.

SHELL := /bin/bash
.DEFAULT_GOAL := help
# One step after the other, whatever -j says: they share the build.
.NOTPARALLEL:
.PHONY: help run test test-long check bench bench-rivals stop clean packages packages-test build prepare-test

TARGET := $(or $(CARGO_TARGET_DIR),target)
MAPPALE := $(TARGET)/debug/mappale
WEB := web/dist/manifest.json
# The press is a workspace of its own in the same folder of what is built.
PRESS := --manifest-path crates/press/Cargo.toml --target-dir $(TARGET)
WEB_SOURCES := $(shell find web/src web/scss web/build -type f 2>/dev/null) $(wildcard web/*.ts web/package.json)
# Silent unless it fails: what a person reads is what the program says.
NPM := npm --prefix web --silent

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12

run: packages build ## build everything, load the town, serve the map
	@$(MAPPALE) demo load --town
	@exec $(MAPPALE) serve --demo

test: ## run every test but the long ones; the last line counts them
	@tests/run.sh test

test-long: prepare-test ## run the long tests and keep a dated log in tests/logs/
	@tests/run.sh long

check: packages build ## format, lints, order of modules, unit tests, definitions, web sources
	cargo fmt --all --check
	cargo fmt --all --check --manifest-path crates/press/Cargo.toml
	cargo clippy --workspace --all-targets -- -D warnings
	cargo clippy $(PRESS) --all-targets -- -D warnings
	cargo test --workspace --lib --bins --quiet
	cargo test --package mappale --test it --quiet -- layering::
	$(MAPPALE) layer check
	$(NPM) run check

bench: packages packages-test $(WEB) ## measure what benches/README.md states, optimised
	cargo build --workspace --release
	cargo build $(PRESS) --release
	cargo bench --workspace
	MAPPALE_BIN=$(TARGET)/release/mappale node benches/page.mjs

bench-rivals: packages build ## compare tiles with Martin, tipg and MapServer (INSTALL=1 installs them)
	cargo build --workspace --release
	cargo bench --bench bare --no-run
	benches/rivals/run.sh

stop: ## stop the private database
	@if [ -x $(MAPPALE) ]; then $(MAPPALE) db stop; else echo "nothing was built, so nothing runs"; fi

clean: ## remove what was built; the database in var/ stays
	rm -rf $(TARGET) web/dist web/node_modules

# --- steps that the targets above share -------------------------------------------------

packages:
	@tests/packages.sh

packages-test:
	@tests/packages.sh --chromium

build: $(WEB)
	@cargo build --workspace --quiet
	@cargo build $(PRESS) --quiet

prepare-test: packages-test build
	@cargo test --workspace --no-run --quiet
	@cargo test $(PRESS) --no-run --quiet

web/node_modules/.package-lock.json: web/package-lock.json
	@echo "installing the web packages"
	@cd web && npm ci --silent
	@touch $@

$(WEB): web/node_modules/.package-lock.json $(WEB_SOURCES)
	@echo "building the web files"
	@$(NPM) run build
	@touch $@
