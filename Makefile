.PHONY: setup test lint types layers ci samples bench

setup:
	python3 -m venv .venv && .venv/bin/pip install -e '.[dev]'

test:
	.venv/bin/python -m pytest

lint:
	.venv/bin/ruff check . && .venv/bin/ruff format --check .

types:
	.venv/bin/mypy

layers:
	.venv/bin/lint-imports

samples:
	.venv/bin/python sample_workbooks/make.py

bench:
	.venv/bin/python -m bench.run

ci:
	bash .ci/run
