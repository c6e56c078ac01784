# Cauldron: `make run` and `make test` are all a newcomer needs. `make help` lists the rest.

CAULDRON := .build/release/cauldron
SWIFT_FILES := Package.swift Sources Tests

.PHONY: run test soak build bench format lint clean help

run: build ## install what is missing, build, make the demo company and serve it
	$(CAULDRON) demo --data data/northwind

test: ## install what is missing, build and run all tests
	@scripts/setup test
	swift build --build-tests
	@# Tests run side by side, each on a database of its own: more files than the usual limit of 1,024. Not all at once,
	@# because each has connections to the PostgreSQL server of the run.
	ulimit -Sn $$(ulimit -Hn); SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=8 swift test
	EXAMPLES=50 PHASES=examples,fuzzing scripts/fuzz-http .build/debug/cauldron

soak: ## run the long tests: all extremes sent to everything, 200 companies, 100,000 jobs, what an outside tool makes up of the OpenAPI
	@scripts/setup test
	swift build --build-tests
	ulimit -Sn $$(ulimit -Hn); CAULDRON_LONG=1 swift test --filter 'FuzzTests|ManyCompaniesTests|WorkerTests'
	EXAMPLES=200 scripts/fuzz-http .build/debug/cauldron

build: ## install what is missing and build the release binaries
	@scripts/setup build
	swift build -c release --product cauldron
	swift build -c release --product cauldron-thumbnail

bench: build ## measure the release binary, on SQLite and on a PostgreSQL server of its own
	@scripts/setup bench
	$(CAULDRON) bench
	scripts/with-postgres $(CAULDRON) bench --database

format: ## format the Swift sources in place
	swift format -i -r --configuration .swift-format $(SWIFT_FILES)

lint: ## check the format without changing anything
	swift format lint --strict -r --configuration .swift-format $(SWIFT_FILES)

clean: ## remove what was built; the data folder stays
	swift package clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 10
