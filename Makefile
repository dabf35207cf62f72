# Works on a fresh clone with Python >= 3.11 and make: everything else is put into .venv.
#
#   make site    build the site of the default model zoo
#   make test    run the tests
#   make quick   check style, types and floors, and run the fast tests: about a minute
#   make words   print all words that a reader meets, to review them in one sitting
#   make lint    check style, types and floors
#   make zoo     run every test of whole zoos and of all kinds of site; make test runs a fifth of them
#   make lowest  run the tests with the lowest versions that pyproject.toml allows; make newest with the newest there are
#   make oracle  compare the analysis of hundreds of models with what NaN says: hours, goes on where it stopped
#   make clean   remove all that the others made

PYTHON ?= python3
PYTEST_ARGS ?=
ORACLE_ARGS ?=
BIN := .venv/bin
RESOLUTION_lowest := lowest-direct
RESOLUTION_newest := highest
PIP_INSTALL := $(BIN)/python -m pip --disable-pip-version-check -qq install --constraint constraints.txt

.PHONY: help site test quick fast zoo words lint lowest newest oracle clean chromium
.SILENT:

help:
	sed -n 's/^#   //p' Makefile

site: .venv/.installed
	$(BIN)/rfa-report build
	echo "That file opens in any browser. To see changes as you make them: $(BIN)/rfa-report serve"

# One thread a worker: the workers together already use every core.
test: .venv/.installed-dev chromium
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -n auto --dist loadgroup $(PYTEST_ARGS)

quick: .venv/.installed-dev
	$(MAKE) -j 2 --output-sync=target lint fast

# Files that are slow as a whole are not even imported.
fast:
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -n auto -m "not slow and not browser" $(PYTEST_ARGS) \
		$$(grep -rL --include='test_*.py' '^pytestmark = .*\(slow\|browser\)' tests)

zoo: .venv/.installed-dev
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -n auto -m zoo --whole-zoo $(PYTEST_ARGS)

words: .venv/.installed-dev
	$(BIN)/python tests/words.py

lint: .venv/.installed-dev
	failed=0; \
	for check in "ruff check ." "ruff format --check ." mypy "lint-imports --no-logo"; do \
		echo "-- $$check"; $(BIN)/$$check || failed=1; \
	done; \
	exit $$failed

# Each in an environment of its own, without the pins. PyTorch of PyPI is large on Linux: UV_TORCH_BACKEND=cpu takes another.
lowest newest:
	$(PYTHON) -m venv .venv-$@
	.venv-$@/bin/python -m pip --disable-pip-version-check -qq install uv
	.venv-$@/bin/uv pip install -q --python .venv-$@ --upgrade --resolution $(RESOLUTION_$@) --editable '.[dev]'
	OMP_NUM_THREADS=1 .venv-$@/bin/python -m pytest -q -n auto --dist loadgroup -m "not browser" $(PYTEST_ARGS)

# One thread a process, as for the tests. Exits with 1 where anything is wrong; --help lists the options.
oracle: .venv/.installed-dev
	OMP_NUM_THREADS=1 PYTHONPATH=tests $(BIN)/python -m oracle.whole $(ORACLE_ARGS)

clean:
	rm -rf .venv .venv-lowest .venv-newest rfa-site dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find rfa_report tests -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.installed: pyproject.toml constraints.txt | .venv/bin/python
	echo "Installing rfa_report and what it needs into .venv: PyTorch is large, the first time takes minutes ..."
	$(PIP_INSTALL) --editable .
	touch $@

.venv/.installed-dev: .venv/.installed
	echo "Installing what the tests need into .venv ..."
	$(PIP_INSTALL) --editable '.[dev]'
	touch $@

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "rfa_report needs Python 3.11 or newer; name it: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv .venv || \
		{ rm -rf .venv; echo "$(PYTHON) cannot make .venv; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; }

chromium:
	if command -v chromium || command -v chromium-browser || command -v google-chrome; then :; \
	elif command -v apt-get && [ "$$(id -u)" = 0 ]; then \
		echo "Installing Chromium for the browser tests ..." >&2; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y chromium; \
	else \
		echo "No Chromium here, so the browser tests are skipped; on Debian: sudo apt-get install chromium" >&2; \
	fi > /dev/null
