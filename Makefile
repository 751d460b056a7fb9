# What a developer does, each as one command. `make demo` and `make test` need nothing but Python 3.11 and this folder.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEV := $(VENV)/.dev

.PHONY: demo test check prove lock clean

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit("Tillid needs Python 3.11 or later; say which with: make PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(STAMP): $(BIN)/python pyproject.toml requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

$(DEV): $(STAMP) requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.lock
	touch $@

demo: $(STAMP)
	@test -e demo/tillid.yml || $(BIN)/tillid init --example demo
	$(BIN)/tillid run --project demo

test: $(DEV)
	@sh tests/install_java.sh
	@sh tests/install_servers.sh
	$(BIN)/python -m pytest -m "not prove" -n auto --dist loadfile

check: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest tests/governance tests/laws -m "not prove" -n auto --cov=tillid.governance --cov-branch --cov-fail-under=100 -q

prove: $(DEV)
	@sh tests/install_java.sh
	@sh tests/install_servers.sh
	$(BIN)/python -m pytest -m prove
	$(BIN)/tillid bench pipeline

lock: $(BIN)/python
	$(BIN)/python -m pip install --quiet pip-tools
	$(BIN)/pip-compile --quiet --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --output-file requirements.lock pyproject.toml
	$(BIN)/pip-compile --quiet --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --constraint requirements.lock --output-file requirements-dev.lock requirements-dev.in

clean:
	rm -rf $(VENV) demo
