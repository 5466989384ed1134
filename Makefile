# Everything a person needs to run, check and measure Backcast. `make help` lists it.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
VENV := .venv
BIN := $(VENV)/bin
DOMAINS := $(wildcard backcast/locale/*/LC_MESSAGES/django.po)
COMPILED := $(DOMAINS:.po=.mo)
LOCK := $(BIN)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 \
	--no-header --no-emit-index-url

.PHONY: help setup setup-dev run test check bench lock messages clean

help: ## List what make can do here
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: export BACKCAST_STARTED := $(shell date +%s)
run: setup ## Set up what is missing and open Backcast with a demonstration region
	@exec $(BIN)/backcast run $(ARGS)

test: setup-dev ## Set up what is missing and pass the tests (ARGS="-k needs" for some)
	@exec scripts/test $(ARGS)

check: setup-dev ## Format, lint, types, import contracts, migrations, templates, translations
	@exec scripts/check

bench: setup-dev ## Measure (BENCH=name for one)
	@exec $(BIN)/python -m bench $(BENCH)

setup: $(VENV)/.base node_modules/.done $(COMPILED) ## Install everything that running needs, into .venv and node_modules

setup-dev: setup $(VENV)/.dev

lock: $(VENV)/.uv ## Resolve the dependencies anew and write the lock files
	@$(LOCK) requirements/uv.in -o requirements/uv.txt
	@$(LOCK) requirements/base.in -o requirements/base.txt
	@$(LOCK) requirements/dev.in -c requirements/base.txt -o requirements/dev.txt
	@$(LOCK) requirements/node.in -o requirements/node.txt
	@scripts/npm install --package-lock-only --no-fund --no-audit

messages: setup-dev ## Collect the texts of pages and code into backcast/locale
	@exec scripts/messages

clean: ## Remove what was installed and built; the data in var/ stay
	@rm -rf $(VENV) node_modules .cache .mypy_cache .ruff_cache .import_linter_cache build *.egg-info
	@find backcast tests bench -name __pycache__ -type d -prune -exec rm -rf {} +
	@rm -f $(COMPILED)

$(VENV)/.uv: requirements/uv.txt scripts/make-venv
	@scripts/make-venv && touch $@

$(VENV)/.base: requirements/base.txt pyproject.toml scripts/install $(VENV)/.uv
	@scripts/install base

$(VENV)/.dev: requirements/dev.txt $(VENV)/.base
	@touch $@ && scripts/install dev

node_modules/.done: package.json package-lock.json .npmrc scripts/npm $(VENV)/.uv
	@echo "Installing front-end packages"
	@scripts/npm ci --silent --ignore-scripts --no-audit --no-fund && touch $@

%.mo: %.po $(VENV)/.base
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@
