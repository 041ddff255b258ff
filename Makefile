# The project's commands. `make` lists them.
VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
INPUTS := pyproject.toml constraints.txt
SPARK := $(shell command -v java >/dev/null 2>&1 && echo ,spark)

.DEFAULT_GOAL := help
.PHONY: help demo test daily night check format docs screenshots bench pins clean

help: ## list the commands
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

$(BIN)/python:
	python=$$(sh scripts/find-python) && "$$python" -m venv $(VENV)

$(VENV)/.for-use: $(INPUTS) | $(BIN)/python
	@echo "Installing (once; about a minute)…"
	$(PIP_INSTALL) -e .
	@touch $@

$(VENV)/.for-tests: $(INPUTS) | $(BIN)/python
	@echo "Installing with the test extras (once; a few minutes)…"
	$(PIP_INSTALL) -e '.[test$(SPARK)]'
	@touch $@ $(VENV)/.for-use

demo: $(VENV)/.for-use ## install, load the sample, open the dashboard on 127.0.0.1:8050
	$(BIN)/samenspel demo

test: check ## every check and every test
	sh scripts/get-browser
	$(BIN)/python -m pytest -n 2 --dist loadgroup

daily: check ## the checks and tests that take minutes, without those that take longer
	sh scripts/get-browser
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not slow"

night: $(VENV)/.for-tests ## what `make test` leaves out: the largest files, every kill, fuzzing at length
	SAMENSPEL_NIGHT=1 $(BIN)/python -m pytest -n 2 --dist loadgroup -m night
	SAMENSPEL_NIGHT=1 $(BIN)/python -m pytest -n 2 --timeout 3600 tests/generative/test_fuzz.py

check: $(VENV)/.for-tests ## style, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.for-tests ## put the code in the project's style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/nbstripout notebooks/*.ipynb

docs: $(VENV)/.for-tests ## write the pages that are made from the code
	$(BIN)/python -m warehouse.describe
	$(BIN)/python -m analytics.describe
	$(BIN)/python -m etl.presets.describe

screenshots: $(VENV)/.for-tests ## photograph every page into docs/screenshots
	sh scripts/get-browser
	$(BIN)/python -m tests.browser.screenshots

bench: $(VENV)/.for-tests ## speed and memory at 10 million contacts
	$(BIN)/python -m benchmarks

pins: ## pin the versions that a fresh installation gets now
	rm -rf $(VENV)-pins && python=$$(sh scripts/find-python) && "$$python" -m venv $(VENV)-pins
	$(VENV)-pins/bin/python -m pip install --quiet '.[test,spark,bench,notebook]'
	$(VENV)-pins/bin/python -m pip freeze --exclude samenspel > constraints.txt
	rm -rf $(VENV)-pins

clean: ## remove what the commands above made
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
