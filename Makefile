# Everything that is typed here. `make` or `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PORT ?= 8080
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet
NPX := cd webclient && npx --no-install
CODE := server signaling recordings_policy tests

# What the client is built from; a stamp is older than a change, or the work is not done again.
CLIENT_SOURCES := $(shell find webclient -type d \( -name node_modules -o -name dist \) -prune -o -type f -print 2>/dev/null)
RUN_READY := $(VENV)/.installed-run
DEV_READY := $(VENV)/.installed-dev
NODE_READY := webclient/node_modules/.installed
CLIENT_READY := webclient/dist/.built

.PHONY: run test check bench soak criteria build format lock clean help

run: $(RUN_READY) $(CLIENT_READY) ## the demo city on http://localhost:8080 (PORT=… moves it); a second run keeps its data
	@exec $(PY) -m server demo --port $(PORT)

test: $(DEV_READY) $(CLIENT_READY) ## all tests: PostgreSQL, Redis, coturn, nginx, Chromium and Firefox are real (installed when missing, as root)
	@tests/neighbours/install.sh
	$(NPX) vitest run --passWithNoTests
	$(PY) -m pytest -n auto --maxprocesses 4 --dist worksteal

check: $(DEV_READY) $(NODE_READY) ## format, lint, types, layers, docs, budgets: what CI runs first
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy --strict
	$(NPX) biome ci .
	$(NPX) tsc --noEmit
	$(PY) -m pytest -q tests/test_layers.py tests/test_docs.py tests/test_budgets.py

bench: $(DEV_READY) $(CLIENT_READY) ## the benchmarks, a JSON line each; ONLY=name for one, RUNS=5 for fewer calls
	@tests/neighbours/install.sh
	@SPRECHZEIT_BENCH_CALLS=$(RUNS) $(PY) -m tests.bench $(if $(ONLY),--only $(ONLY))

soak: $(DEV_READY) $(CLIENT_READY) ## the long runs that `make test` holds in small
	@tests/neighbours/install.sh
	$(PY) -m pytest tests/soak

criteria: $(DEV_READY) ## the 160 positions with the tests that prove them (from the last `make test`)
	@test -f var/criteria.json || $(MAKE) --no-print-directory test
	@$(PY) -m tests.criteria

build: $(DEV_READY) $(CLIENT_READY) ## the client bundle and a wheel in dist/
	$(PY) -m build --wheel

format: $(DEV_READY) $(NODE_READY) ## put all sources into the one format, repair what lint can repair
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .
	$(NPX) biome check --write .

PIN := $(PY) -m piptools compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links \
  --no-emit-trusted-host --no-emit-options --strip-extras --allow-unsafe
lock: $(DEV_READY) ## pin all Python dependencies anew with their hashes (UPGRADE=1 takes newer ones)
	CUSTOM_COMPILE_COMMAND="make lock" $(PIN) $(if $(UPGRADE),--upgrade) -o requirements.txt pyproject.toml
	CUSTOM_COMPILE_COMMAND="make lock" $(PIN) $(if $(UPGRADE),--upgrade) --extra heic -c requirements.txt -o requirements-image.txt pyproject.toml
	CUSTOM_COMPILE_COMMAND="make lock" $(PIN) $(if $(UPGRADE),--upgrade) --extra dev -c requirements.txt -o requirements-dev.txt pyproject.toml

clean: ## remove what can be made again; the demo city's data in var/ stays (DATA=1 removes it too)
	rm -rf $(VENV) webclient/node_modules webclient/dist build dist *.egg-info .ruff_cache var/cache $(if $(DATA),var)
	find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | while IFS=$$'\t' read -r name what; do printf '  make %-10s %s\n' "$$name" "$$what"; done

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed (PYTHON=… chooses one)." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "The venv module is missing; on Debian: apt-get install python3-venv" >&2; exit 1; }

$(RUN_READY): requirements.txt | $(PY)
	@echo "Installing the server's libraries …"
	@$(PIP) install --require-hashes -r requirements.txt
	@touch $@

$(DEV_READY): requirements-dev.txt requirements.txt | $(PY)
	@echo "Installing the libraries for development …"
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $(RUN_READY) $@

$(NODE_READY): webclient/package-lock.json webclient/package.json
	@node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' || { echo "Node 20 or newer is needed." >&2; exit 1; }
	@echo "Installing the client's tools …"
	@cd webclient && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(CLIENT_READY): $(CLIENT_SOURCES) | $(NODE_READY)
	@echo "Building the client …"
	@$(NPX) vite build --logLevel warn
	@touch $@
