# `make demo` and `make test` do all set-up first: a local virtual environment with the locked dependencies.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test slow facts lint types imports docs wheel check bench clean setup

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Blocs needs Python 3.11 or later; set PYTHON=...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $(READY)

demo: $(READY)  ## fit camp on 1953-1957, forecast 1958-1961, score, explain, report: runs/demo
	$(BIN)/blocs run camp --out runs/demo --force

test: $(READY)  ## the quick suite
	$(BIN)/python -m pytest -n 2 --dist loadfile
	$(BIN)/python -m pytest tests/engine/test_replay.py --jaxtyping-packages=blocs.bloc,blocs.engine,beartype.beartype

slow: $(READY)  ## coverage of intervals, calibration, headless browser: minutes
	$(BIN)/python -m pytest -m slow

facts: $(READY)  ## every stylised fact, with its broken variant: minutes
	$(BIN)/blocs facts --broken --markdown docs/facts.md

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/pyright

imports: $(READY)
	$(BIN)/lint-imports

docs: $(READY)  ## the site, offline, into site/
	$(BIN)/mkdocs build --strict

wheel: $(READY)  ## build a wheel and try it in a fresh environment
	$(BIN)/python tools/try_wheel.py

check: lint types imports test docs wheel

bench: $(READY)
	$(BIN)/blocs bench

clean:
	rm -rf $(VENV) dist build site runs
