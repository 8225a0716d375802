# The workshop. `make run` and `make test` set everything up themselves, from the lock files.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# One worker per core; on a single core they would only cost their start.
WORKERS := $(if $(filter-out 1,$(shell getconf _NPROCESSORS_ONLN)),-n auto)

.PHONY: run test oldest lint bench lock clean

run: $(VENV)/run.stamp
	$(BIN)/proofmark demo

test: lint
	$(BIN)/python -m pytest $(WORKERS)

# The register on the oldest SQLAlchemy that is supported: some dialects still refuse 2.1.
OLDEST := build/sqlalchemy-2.0
oldest: $(VENV)/dev.stamp
	$(INSTALL) --upgrade --no-deps --require-hashes --target $(OLDEST) -r requirements-sqlalchemy-2.0.lock
	PYTHONPATH=$(OLDEST) $(BIN)/python -c 'import sqlalchemy; print("SQLAlchemy", sqlalchemy.__version__); assert sqlalchemy.__version__ < "2.1"'
	PYTHONPATH=$(OLDEST) $(BIN)/python -m pytest $(WORKERS) -q tests/storage tests/registry/test_lives.py \
		tests/registry/test_issuing.py tests/registry/test_races.py tests/registry/test_torn.py

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

# BENCH=quick takes short measurements: enough to see that they run, too few to quote.
bench: $(VENV)/dev.stamp
	$(BIN)/python -m bench $(BENCH)

# Keeps the pins that still fit; `make lock UPGRADE=--upgrade` takes the newest of everything.
# The runtime pins are those of the development lock, so that one environment serves both.
# A lock must not say where packages come from: that is up to whoever installs.
COMPILE = $(BIN)/uv pip compile --quiet --system-certs --universal --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --no-header pyproject.toml --group build
lock: $(VENV)/dev.stamp
	$(COMPILE) $(UPGRADE) --all-extras -o requirements-dev.lock
	$(COMPILE) $(UPGRADE) -c requirements-dev.lock -o requirements.lock
	$(COMPILE) $(UPGRADE) -c requirements-dev.lock --extra postgres -o requirements-postgres.lock
	echo 'sqlalchemy==2.0.47' | $(filter-out pyproject.toml --group build,$(COMPILE)) --no-deps - -o requirements-sqlalchemy-2.0.lock
	! grep -n '://' requirements-sqlalchemy-2.0.lock requirements.lock requirements-postgres.lock requirements-dev.lock

clean:
	rm -rf $(VENV) build dist demo-world .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find bench keys service tests -name __pycache__ -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Proofmark needs Python 3.11 or newer: make PYTHON=python3.x" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The checkout is built by the locked backend, so nothing unhashed is ever fetched.
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check
$(VENV)/run.stamp: requirements.lock
$(VENV)/dev.stamp: requirements-dev.lock
$(VENV)/%.stamp: pyproject.toml | $(BIN)/python
	$(INSTALL) --require-hashes -r $(filter %.lock,$^)
	$(INSTALL) --no-deps --no-build-isolation -e .
	touch $@
