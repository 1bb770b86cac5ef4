SHELL := bash
.DEFAULT_GOAL := help

# Settings of `make run`: make run PORT=9090
HOST := 127.0.0.1
PORT := 8080
DEMO :=
# More arguments for what `make run` and `make bench` start.
ARGS :=

ifeq ($(DEMO),1)
data := --demo --data ./data-demo
else
data := --data ./data
endif

sources := Sources Tests bench Examples Package.swift

.PHONY: help run build test test-swift test-postgres test-e2e test-crash test-api-fuzz test-browser test-browsers-other test-cluster cluster screenshots format lint bench bench-verify clean dependencies

help: ## List these targets
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/\1\t\2/p' Makefile | awk -F '\t' '{ printf "make %-20s %s\n", $$1, $$2 }'

run: build ## Serve on http://HOST:PORT, data in ./data (PORT=8080 HOST=127.0.0.1; DEMO=1: a demonstration)
	@exec .build/release/keywright serve --host $(HOST) --port $(PORT) $(data) $(ARGS)

build: dependencies ## Build the server as .build/release/keywright
	swift build -c release --product keywright

cluster: build ## Try three nodes on PostgreSQL behind nginx, on this machine, data in ./data-cluster (PORT=8080)
	@exec scripts/cluster.sh --port $(PORT) $(ARGS)

test: ## Lint, build and run every suite, as continuous integration does
	@scripts/run-all-tests.sh

test-swift: dependencies ## Run the Swift suites (ARGS="--filter NAME" for some of them)
	swift build --build-tests
	@scripts/run-swift-tests.sh $(ARGS)

test-postgres: dependencies ## Run store, operations, API and console on a PostgreSQL server of its own (ARGS as above)
	swift build --build-tests
	@TEST_ENGINE=postgres scripts/run-swift-tests.sh --filter 'Keywright(Store|Operations|API)Tests' $(ARGS)

test-e2e: dependencies ## Run the end-to-end suite against a running server
	@scripts/run-end-to-end-tests.sh e2e

test-crash: dependencies ## Kill a server under load, again and again, and check what it kept
	@scripts/run-end-to-end-tests.sh crash

test-api-fuzz: dependencies ## Send a running server what its OpenAPI document allows and forbids (FUZZ_SEED=N: other requests)
	@scripts/run-end-to-end-tests.sh api-fuzz

test-browser: dependencies ## Use the console in a headless Chromium (ARGS="-k NAME" for some of the tests)
	@scripts/run-browser-tests.sh $(ARGS)

test-browsers-other: dependencies ## Go the main way through the console in Firefox ESR and WebKitGTK
	@scripts/run-other-browser-tests.sh $(ARGS)

test-cluster: dependencies ## Run three nodes on PostgreSQL, and cut, kill and promote (ARGS="-k NAME" for some of the tests)
	@scripts/run-cluster-tests.sh $(ARGS)

screenshots: dependencies ## Make the pictures in docs/screenshots anew (ARGS=FOLDER: every screen, to be looked at)
	@scripts/install-test-dependencies.sh
	swift build --product keywright
	KEYWRIGHT_BINARY=$$(swift build --show-bin-path)/keywright .venv/bin/python scripts/make-screenshots.py $(ARGS)

format: ## Format all Swift files
	swift format --in-place --recursive --parallel $(sources)

lint: ## Check the format and the language rules of all Swift files
	swift format lint --strict --recursive --parallel $(sources)

bench: dependencies ## Measure speed and memory, and print one table
	swift build -c release --product keywright
	swift build -c release --product KeywrightBench
	@exec .build/release/KeywrightBench $(ARGS)

bench-verify: dependencies ## Measure verification beside nginx, Lua, Redis and a bare route
	@scripts/install-bench-dependencies.sh
	swift build -c release --product keywright
	swift build -c release --product KeywrightBench
	@PATH=$$PATH:/usr/sbin exec python3 bench/verify/run.py $(ARGS)

clean: ## Remove what was built and installed here; data stays
	rm -rf .build .venv

dependencies: ## Install what the build needs beside the Swift toolchain
	@scripts/install-build-dependencies.sh
