# Two commands are all that a newcomer needs: `make run` and `make test`.

# The system's own build first: one that is not linked to a shared library of Python (Debian's) spends a
# sixth less on everything.
PYTHON ?= $(shell for p in /usr/bin/python3.13 /usr/bin/python3.12 /usr/bin/python3.11 \
	python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
UV_VERSION := 0.13.9
BIN := .venv/bin
STAMP := .venv/.synced
export UV_PYTHON_DOWNLOADS := never

.PHONY: help run test prove sim certify audit lint bench build check lock schema clean

help: ## Show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: $(STAMP) build ## Set up what is missing and start everything (Ctrl-C stops it; WORKERS=n web processes)
	@exec env $(if $(WORKERS),WEB_WORKERS=$(WORKERS)) $(BIN)/python main.py serve

test: $(STAMP) build ## Set up what is missing and run the whole test suite
	@$(BIN)/python -m pytest -n auto $(PYTEST_ARGS)
	@$(BIN)/python -m webapp.build --test

lint: $(STAMP) build ## Check format, style, types, import rules and drift
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m webapp.build --lint

prove: $(STAMP) ## Run the long proofs: crashes, several processes, simulation, deliberate bugs
	@$(BIN)/python -m pytest -m prove $(PYTEST_ARGS)
	@for seed in 1 2 3; do $(BIN)/python -m tests.simulation --seed $$seed || exit 1; done
	@$(BIN)/python -m tests.mutations

sim: $(STAMP) ## Run the seeded simulation of a whole house (SEED=n)
	@$(BIN)/python -m tests.simulation --seed $(or $(SEED),1) $(SIM_ARGS)

certify: $(STAMP) ## Certify a provider as its vendor would (PROVIDER=name; CERTIFY_ARGS="--markdown FILE")
	@$(BIN)/python -m tests.certify --provider $(PROVIDER) $(CERTIFY_ARGS)

audit: $(STAMP) ## Prove the book of this installation
	@$(BIN)/python main.py audit

bench: $(STAMP) ## Measure the wallet on this machine (about 8 minutes; BENCH_ARGS=--quick: a look in 4)
	@$(BIN)/python main.py bench $(BENCH_ARGS)

build: $(STAMP) ## Build the front end if its sources changed
	@$(BIN)/python -m webapp.build

check: $(STAMP) ## Say what is on and what is missing
	@$(BIN)/python main.py check

schema: $(STAMP) ## Regenerate the front end's API types from the server's own description
	@$(BIN)/python -m webapp.build --schema

lock: $(STAMP) ## Resolve the dependencies anew (after a change in pyproject.toml)
	@$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
		--generate-hashes --quiet --output-file requirements.lock

clean: ## Remove what was built and installed; data under var/ stays
	rm -rf .venv webapp/static webapp/frontend/node_modules

$(STAMP): requirements.lock
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, and none was found."; exit 1; }
	@echo "Setting up: virtual environment ($(PYTHON))"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { \
		echo "The venv module is missing (on Debian: apt-get install python3-venv)."; exit 1; }
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@echo "Setting up: Python packages from the lock file"
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python requirements.lock
	@touch $(STAMP)
