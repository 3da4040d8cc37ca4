# Rutter: a handbook, joined to the truth about how its teams deliver.
# The two commands are `make site` and `make test`.

SHELL       := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

GO      ?= go
BIN     := bin/rutter
VENDOR  := themes/default/vendor
BUNDLES := $(VENDOR)/echarts.min.js $(VENDOR)/formulas.min.js $(VENDOR)/diagram.html
TOOLS   := $(GO) tool -modfile=.ci/tools/go.mod

.PHONY: help site test soak race fuzz golden bench pictures quality vet lint check serve build bundle assets generate deps clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

site: build ## build the example site into public/
	./$(BIN) build

test: ## run the tests; those that need more than Go are named when they cannot run
	$(GO) test -timeout 30m ./...
	@if ! command -v chromium >/dev/null; then echo "Not run: tests in a browser. Chromium is missing; make deps installs it."; fi

soak: ## the long runs: sites edited at random, killed collectors, worlds that change while they are read (hours)
	RUTTER_TEST_SCRIPTS=2000 $(GO) test ./internal/build -run TestIncrementalIsClean -timeout 60m -v
	RUTTER_TEST_SOAK=1 $(GO) test ./internal/serve -run TestRel_W2 -timeout 60m -v
	RUTTER_TEST_SOAK=1 $(GO) test ./cmd/rutter -run TestRel_S1 -timeout 60m -v
	RUTTER_TEST_SOAK=1 $(GO) test ./internal/store -run TestRel_S5 -timeout 60m -v
	RUTTER_TEST_MUTATIONS=10000 $(GO) test ./internal/collect -run TestRel_G7 -timeout 600m -v

race: ## run the tests with the race detector
	$(GO) test -race ./...

fuzz: ## fuzz the parsers, 20 seconds each
	@for p in $$($(GO) list ./...); do \
		for f in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz' || true); do \
			echo "$$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime 20s $$p; \
		done; done

golden: ## rewrite the golden files; review the diff
	$(GO) test ./internal/... -update

bench: build ## measure builds and the preview beside the floor and Hugo, into docs/performance.md (quarter of an hour)
	$(GO) run ./internal/bench -rutter $(BIN) -o docs/performance.md $(BENCHFLAGS)
	$(GO) test ./internal/dora ./internal/chart -run "^$$" -bench "Organisation|FourThousand" -benchtime 3x

pictures: ## take the pictures of the README anew, on the ways of TestJourneys
	RUTTER_PICTURES=$(CURDIR)/docs/images $(GO) test ./cmd/rutter -run '^TestJourneys$$' -count=1

quality: build ## have Lighthouse judge the example site, into docs/quality.md (needs make deps; twenty minutes)
	$(GO) run ./internal/quality -rutter $(BIN) -o docs/quality.md $(QUALITYFLAGS)

vet: ## go vet
	$(GO) vet ./...

lint: ## gofmt and staticcheck
	@test -z "$$(gofmt -l cmd internal themes)" || { echo "gofmt would change:"; gofmt -l cmd internal themes; exit 1; }
	$(TOOLS) staticcheck ./...

check: vet lint test ## what a review expects to pass

serve: build ## preview the example site
	./$(BIN) serve

build: bundle ## build the command into bin/
	$(GO) build -trimpath -o $(BIN) ./cmd/rutter

# Pages are whole without the bundles: with them charts can be explored, and
# formulas and diagrams are drawn.
LEFT_OUT := charts to explore, drawn formulas and diagrams. Static charts and all sources are complete;
bundle:
	@if ! ls $(BUNDLES) >/dev/null 2>&1; then \
		if command -v npm >/dev/null; then $(MAKE) --no-print-directory assets || echo "Left out: $(LEFT_OUT) the npm packages could not be had."; \
		else echo "Left out: $(LEFT_OUT) npm is not installed."; fi; fi

assets: ## fetch and bundle what explores charts and draws formulas and diagrams (needs npm)
	cd themes/assets && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && node build.mjs

generate: ## write the sample data again
	$(GO) generate ./...

deps: ## install what the tests need beyond Go (Debian; as root)
	.ci/deps

clean: ## remove what was built
	rm -rf bin public .rutter/cache $(VENDOR)/*.js $(VENDOR)/*.css $(VENDOR)/*.html $(VENDOR)/*.txt themes/assets/node_modules
