# Everything goes by make; each target does its own set-up first. See README.md.
PYTHON ?= python3
bin := .venv/bin
export PYTHON

.PHONY: run test bench chaos soak lint lock setup clean help

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/'

run: setup ## the whole product on http://localhost:8080 (MELDKAMER_PORT)
	@exec $(bin)/meldkamer up

test: setup ## lint, types, and every test on a real Apache Kafka and PostgreSQL
	@deploy/check

bench: setup ## the benchmarks, as a table and build/bench.json
	@exec $(bin)/python -m tests.bench

chaos: setup ## random faults under load, every promise checked (CHAOS_MINUTES=60, CHAOS_SEED), and build/chaos.json
	@exec $(bin)/python -m tests.proof chaos

soak: setup ## an hour at ten times a campus's peak (SOAK_MINUTES, SOAK_RATE): does anything grow?
	@exec $(bin)/python -m tests.proof.soak

lint: setup ## ruff, mypy, import contracts
	@deploy/check lint

lock: ## write requirements.lock anew; LOCK_OPTIONS=--upgrade takes newer versions
	@$(bin)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes \
	  --no-annotate --no-header --no-emit-index-url --no-emit-find-links --quiet $(LOCK_OPTIONS) -o requirements.lock

setup:
	@deploy/setup

clean: ## remove the state of make run, caches and build results; .venv stays
	rm -rf .meldkamer build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
