# Every target does its own set-up: Python >= 3.11, make and git are all that a machine needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.installed

.PHONY: help run up test docs verify chaos bench lint audit fuzz pins clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

run: $(READY) ## run the sales data pipeline on the embedded stand-in (ARGS="--run-date 2026-11-22")
	@$(BIN)/python -m flows.sales_data_pipeline $(ARGS)

up: $(READY) ## bring up a Prefect server with its UI, the stand-in, the deployment and a worker, until Ctrl-C
	@$(BIN)/python -m prefect_redshift.local $(ARGS)

# One process more than cores, since tests wait for others' processes. A file's tests stay together, for what they share;
# in the files' order, for the longest is not among the last.
WORKERS = $$($(BIN)/python -c 'import os; print(min(4, os.cpu_count() + 1))')
test: $(READY) lint docs ## all tests, linters and type checks; builds the documentation
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

verify: $(READY) ## ask AWS, or the stand-in where no warehouse is configured, whether all that is assumed of it holds
	@$(BIN)/python -m prefect_redshift.verify $(ARGS)

docs: $(READY) ## the documentation with its API reference, into site/; what leads nowhere is an error
	@$(BIN)/mkdocs build --strict --site-dir site

chaos: $(READY) ## runs killed, cut off and starved of disk, hundreds of them (ARGS="--kinds killed --runs 20 --seed 7")
	@$(BIN)/python -m tests.chaos $(ARGS)

lint: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-cache --no-logo
	@$(BIN)/mypy .

bench: $(READY) ## measure this project and its peers (ARGS="noticing --repeats 1"): benchmarks/report.md
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install -q --require-hashes -r requirements/bench.txt \
		|| $(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/bench.txt
	@$(BIN)/python -m benchmarks $(ARGS)

fuzz: $(READY) ## 100,000 random inputs for each property of the stand-in's SQL rewriting (half an hour)
	@FUZZ_EXAMPLES=100000 $(BIN)/python -m pytest -q -o faulthandler_timeout=0 tests/local_aws/dialect/test_properties.py

COMPILE := $(BIN)/uv pip compile --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header -q

audit: $(READY) ## the pinned packages against known advisories, the code with bandit (ARGS=--unchecked-is-ok)
	@.ci/audit $(BIN)/uv $(ARGS)

pins: $(READY) ## renew the pinned versions after a change to pyproject.toml
	@$(COMPILE) pyproject.toml --extra results --extra local --extra ecs --extra docs --extra dev --no-emit-package prefect-redshift -o requirements/all.txt
	@$(COMPILE) pyproject.toml --group build --constraint requirements/all.txt -o requirements/run.txt
	@$(COMPILE) --group bench --constraint requirements/all.txt -o requirements/bench.txt

clean: ## remove the virtual environment and the stand-in's data
	rm -rf $(VENV) .local_aws

# uv installs in seconds what takes pip a minute; pip is the fall-back where uv cannot reach the package index
# (uv does not read pip's configuration). pip cannot check the hash of a folder: the packages come first, then the project
# itself, without dependencies and with the build backend that is among them.
PIP := $(BIN)/pip install -q --disable-pip-version-check
UV := VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install -q
$(READY): requirements/all.txt requirements/uv.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11 ...")'
	@echo "Setting up $(VENV) (once) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) --require-hashes -r requirements/uv.txt
	@$(UV) --require-hashes -r requirements/all.txt || $(PIP) --require-hashes -r requirements/all.txt
	@$(PIP) --no-deps --no-build-isolation --no-index -e .
	@touch $@
