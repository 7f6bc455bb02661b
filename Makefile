# Everything lives in .venv. `make demo` and `make test` set it up themselves.

SHELL := /bin/sh
.DEFAULT_GOAL := help

VENV := .venv
PYTHON := $(VENV)/bin/python
PYTHON_BASE := $(shell for name in python3 python3.13 python3.12 python3.11; do \
	if command -v $$name >/dev/null 2>&1 && $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$name; break; fi; done)

.PHONY: help demo test test-unit test-busy test-lowest lock fuzz chaos campaign soak check format bench ui ui-build serve clean

help:  ## Show this help
	@grep -E '^[a-z-]+:.*##' Makefile | sed 's/:.*## /\t/' | expand -t 14

$(VENV)/.runtime: pyproject.toml
	@if [ -z "$(PYTHON_BASE)" ]; then echo "Armillary needs Python 3.11 or newer; none of python3, python3.13, python3.12, python3.11 is." >&2; exit 1; fi
	@test -x $(PYTHON) || $(PYTHON_BASE) -m venv $(VENV) || { echo "A virtual environment could not be made; on Debian: apt install python3-venv." >&2; exit 1; }
	@echo "Installing Armillary into $(VENV) …"
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.dev: pyproject.toml requirements/tests.txt $(VENV)/.runtime
	@echo "Installing what tests and checks need into $(VENV) …"
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check -c requirements/tests.txt -e '.[dev,docs]'
	@touch $@

demo: $(VENV)/.runtime  ## Run the examples to their end and show what was recorded
	@$(PYTHON) examples/demo.py

test: $(VENV)/.dev  ## Run all tests
	@$(PYTHON) scripts/web_app.py build
	@$(PYTHON) scripts/web_app.py test
	@$(PYTHON) -m compileall -q src # else each of the two thousand processes compiles it where PYTHONDONTWRITEBYTECODE is set
	@$(PYTHON) -m pytest -n auto --dist loadfile --no-loadscope-reorder

test-unit: $(VENV)/.dev  ## Run the unit tests only (seconds)
	@$(PYTHON) -m pytest tests/unit

test-busy: $(VENV)/.dev  ## Run all tests three times beside four busy loops (an hour and more)
	@$(PYTHON) scripts/beside_busy_loops.py $(MAKE) test

test-lowest: $(VENV)/.dev  ## Run unit and contract tests with the least versions that are admitted
	@PATH="$(CURDIR)/$(VENV)/bin:$$PATH" $(PYTHON) scripts/lowest.py

lock: $(VENV)/.dev  ## Take the newest versions of what tests run with into requirements/tests.txt
	@PATH="$(CURDIR)/$(VENV)/bin:$$PATH" $(PYTHON) scripts/lock.py

fuzz: $(VENV)/.dev  ## Send the API 10,000 cases (some minutes)
	@ARMILLARY_FUZZ_CASES=10000 $(PYTHON) -m pytest tests/api/api_fuzzed

chaos: $(VENV)/.dev  ## Kill flows and servers a thousand times (ten minutes)
	@ARMILLARY_CHAOS_KILLS=1000 $(PYTHON) -m pytest tests/faults/chaos_faults

campaign: $(VENV)/.dev  ## Kill, stop and cut off servers, agents and PostgreSQL (half an hour and some minutes)
	@ARMILLARY_CAMPAIGN_SECONDS=$${ARMILLARY_CAMPAIGN_SECONDS:-1800} $(PYTHON) -m pytest -s tests/faults/campaign_faults/campaign.py

soak: $(VENV)/.dev  ## Schedule, share and fill a home at full size (forty minutes)
	@ARMILLARY_SOAK_OCCURRENCES=100000 ARMILLARY_SOAK_CLIENTS=16 ARMILLARY_SOAK_SECONDS=600 ARMILLARY_SOAK_FILLS=100 $(PYTHON) -m pytest -s \
		tests/faults/ledger_faults/test_ledger_schedulers.py tests/faults/chaos_faults/test_chaos_clients.py \
		tests/faults/chaos_faults/test_chaos_disk_full.py

check: $(VENV)/.dev  ## Format, lint, types, import contracts, dead code, docs
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m mypy
	@$(VENV)/bin/lint-imports
	@$(PYTHON) -m vulture
	@$(PYTHON) scripts/check_light_import.py
	@$(PYTHON) scripts/settings_page.py --check
	@$(PYTHON) scripts/openapi.py --check
	@$(PYTHON) scripts/ui_states.py --check
	@$(PYTHON) scripts/lock.py --check
	@$(PYTHON) scripts/where_is_what.py --check
	@$(PYTHON) scripts/async_client.py --check
	@$(PYTHON) scripts/web_app.py check
	@NO_MKDOCS_2_WARNING=1 $(PYTHON) -m mkdocs build --strict --quiet

format: $(VENV)/.dev  ## Format the code and mend what the linter can
	@$(PYTHON) -m ruff format .
	@$(PYTHON) -m ruff check --fix .
	@$(PYTHON) scripts/web_app.py format

bench: $(VENV)/.dev  ## Measure against the bars; BENCH=--peers measures peers too
	@$(PYTHON) -m benchmarks $(BENCH)

ui: $(VENV)/.runtime  ## Develop the web app: hot reload, with the API of the server at ARMILLARY_API_URL
	@$(PYTHON) scripts/web_app.py dev

ui-build: $(VENV)/.runtime  ## Build the web app that the server serves
	@$(PYTHON) scripts/web_app.py build

serve: $(VENV)/.runtime  ## Start the server of this home
	@$(PYTHON) scripts/web_app.py build
	@$(PYTHON) -m armillary server start

clean:  ## Remove what the other targets made
	rm -rf $(VENV) .venv-lowest ui/node_modules src/armillary/ui_dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache site
