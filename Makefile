.PHONY: setup test cover lint types layers ci samples codes bench

setup:
	python3 -m venv .venv && .venv/bin/pip install -e '.[dev]'

test:
	.venv/bin/python -m pytest

cover:
	.venv/bin/python -m pytest --cov=tracker --cov-report=term:skip-covered --cov-fail-under=90

lint:
	.venv/bin/ruff check . && .venv/bin/ruff format --check .

types:
	.venv/bin/mypy

layers:
	.venv/bin/lint-imports

samples:
	.venv/bin/python sample_workbooks/make.py

codes:
	.venv/bin/python -m tests.checks.codes

bench:
	.venv/bin/pip install -q -e '.[dev,bench]'
	.venv/bin/python -m bench.run
	.venv/bin/python -m bench.engine

ci:
	bash .ci/run
