# Everything runs in .venv, which `setup` makes; all targets are quick when there is nothing new.
.DELETE_ON_ERROR:
.PHONY: setup demo test test-deep bench lint format
PYTHON := .venv/bin/python

setup:
	@scripts/setup.sh

demo: setup  ## handwritten digits on a virtual Pynq-Z2
	@.venv/bin/hls4ml-soc deploy --board pynq-z2

test: setup lint  ## all tests that are quick
	$(PYTHON) -m pytest -q -m "not deep" -n auto

test-deep: setup  ## mutations, fuzz, versions: up to an hour
	@scripts/setup.sh deep
	$(PYTHON) -m pytest -q -rs -m deep -n auto

bench: setup  ## everything measured against the rivals; ARGS=--check fails on a missed goal
	@$(PYTHON) -m benchmarks $(ARGS)

lint: setup
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy

format: setup
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .
