# make demo   everything installed, built and running, with a simulated day
# make test   every test          make check  the house rules, in seconds      make types  mypy and tsc
# make bench  the figures         make run    the platform without the demo    make clean  back to a fresh clone, data kept
# make bench ARGS=console   frames while a visit is dragged over a day of 400
# make bench ARGS=messages  how disciplined messages about time are, over 1,000 visits of noisy days
# make bench ARGS=slots     how soon windows are offered with 19,600 visits loaded
# make bench ARGS=repair    how soon a disturbed day of 40 technicians has a committed plan again
# make bench ARGS=parts     how soon a day of 30 visits is checked against the van
# make bench ARGS=national  a day of 2,000 technicians, planned region by region (ARGS="national --share 0.1": a tenth of it)
# make bench ARGS=lighthouse  what Lighthouse says of the customer's page in every stage, on a simulated telephone
# make bench ARGS=help      how soon a technician's message, photo and call are at the console, and the answer on his telephone
# make bench ARGS=shell     how heavy the technician's app is, and how soon his day is on a slow telephone's screen
# make bench-planning  the planner beside today's solvers (ARGS=--quick in minutes, ARGS=--help for the rest)
# make bench-operator  three ways to run the same weeks, side by side (minutes; ARGS=--help)
SHELL := /bin/bash
.DEFAULT_GOAL := demo
.DELETE_ON_ERROR:
.PHONY: demo run test check types bench bench-planning bench-operator clean install looks chromium roads lint types-python types-front test-front
BIN := .venv/bin
STAMPS := .venv/.stamps
export PATH := $(CURDIR)/.venv/bin:$(PATH)
# Images for containers like to forbid Python to keep its bytecode: every process would then take 5 seconds more to start.
unexport PYTHONDONTWRITEBYTECODE
# Tests run in two processes (see tests/spread.py for who shares one); those that kill processes have the machine for themselves afterwards.
SPREAD := --numprocesses=2 --dist=loadgroup --no-loadscope-reorder

demo: install
	$(BIN)/blisko demo

run: install
	$(BIN)/blisko run

# What can be done side by side is; the last words are pytest's own.
test:
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target install looks
	$(BIN)/pytest $(if $(ARGS),$(ARGS),--cover $(SPREAD) -m "not faults")
	$(if $(ARGS),,$(BIN)/pytest $(SPREAD) -m faults)

looks: chromium roads types-python types-front lint test-front

chromium roads: $(STAMPS)/python
	tools/setup.sh $@

lint: $(STAMPS)/python
	$(BIN)/ruff check --quiet .
	$(BIN)/lint-imports --no-logo

test-front: $(STAMPS)/node
	npm test --silent

check: lint
	$(BIN)/pytest -q tests/house

types: types-python types-front

# The types are checked against Django's settings, which want the address of a database but no database.
types-python: $(STAMPS)/python
	DATABASE_URL=postgresql:///unused $(BIN)/mypy

types-front: $(STAMPS)/node
	npm run --silent types

bench: install
	$(BIN)/python -m bench $(ARGS)

bench-planning: install
	$(BIN)/python -m bench.planning $(ARGS)

bench-operator: install
	$(BIN)/python -m bench.operator $(ARGS)

# What takes longest comes first, to run beside all the rest.
install: $(STAMPS)/compiled $(STAMPS)/front $(STAMPS)/words

$(STAMPS)/python: requirements.lock tools/uv.lock tools/setup.sh
	tools/setup.sh python
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/node: package.json package-lock.json tools/node.lock $(STAMPS)/python
	tools/setup.sh node
	@touch $@

FRONT := $(shell find blisko -path '*/islands/*' -type f 2>/dev/null) vite.config.ts tsconfig.json
$(STAMPS)/front: $(FRONT) $(STAMPS)/node
	tools/setup.sh front
	@touch $@

WORDS := $(shell find blisko -name django.po 2>/dev/null)
$(STAMPS)/words: $(WORDS) $(STAMPS)/python
	$(BIN)/blisko compile_words
	@touch $@

# Compiled here once, before two processes of tests or a first visitor wait for it: `python -m` the planner's engine runs all it compiles.
ENGINE := blisko/planning/rules/engine/__main__.py
COMPILED := $(shell grep -rl --include='*.py' 'kit.compiled import' blisko/*/rules 2>/dev/null)
$(STAMPS)/compiled: $(COMPILED) $(wildcard $(ENGINE)) $(STAMPS)/python
	$(if $(wildcard $(ENGINE)),$(BIN)/python -m blisko.planning.rules.engine)
	@touch $@

clean:
	-[ ! -x $(BIN)/blisko ] || { $(BIN)/blisko postgres stop; BLISKO_HOME=.blisko/test $(BIN)/blisko postgres stop; }
	rm -rf .venv node_modules bench/lighthouse/node_modules build artefacts .blisko/test .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find blisko config tests tools bench -name __pycache__ -prune -exec rm -rf {} +
	find blisko -name django.mo -delete
	@echo "Data are kept in .blisko; remove that folder to begin anew."
