# make demo [DOCS=folder]   install, ingest, ask one question, start the service
# make test                 install what tests need and run them all
# make check                lint, format, types, import contracts
# make bench [DOCS=folder]  the timings of docs/performance.md, as Markdown tables
# make eval-gate            the quality gate: 300 questions against the kept baselines (docs/evaluation.md)
# make bundle               dist/bundle: everything to install without a network (docs/operate/README.md)
# make lock                 write the lock files again (after a change of dependencies)
# make clean                remove what these targets made, except data/

SHELL := /bin/sh
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do command -v $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
DOCS ?= docs/samples
DATA ?= data
HOST ?= 127.0.0.1
PORT ?= 8620
QUESTION ?= Buổi sáng Bộ phận Một cửa tiếp nhận hồ sơ từ mấy giờ?

export CANCU_DATA_DIR := $(DATA)
export HAYSTACK_TELEMETRY_ENABLED := False

# uv is needed only to write the lock files; pip installs from them. One platform: the hashes are those of its wheels and of
# the source archives.
COMPILE := uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --python-version 3.11 \
	--python-platform x86_64-manylinux_2_28

.PHONY: demo test check bench eval-gate bundle lock clean install install-dev

demo: install
	$(BIN)/cancu ingest "$(DOCS)"
	$(BIN)/cancu ask "$(QUESTION)"
	@echo "Open http://$(HOST):$(PORT)/ (Ctrl-C ends)"
	$(BIN)/cancu serve --open --host $(HOST) --port $(PORT)

test: install-dev
	.ci/system-needs
	$(BIN)/python -m pytest

check: install-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: install-dev
	$(BIN)/python tests/bench/run.py "$(DOCS)"

eval-gate: install-dev
	$(BIN)/python -m eval.gate

# Wheels of every locked package with their locked hashes, and our own with the hash it has here.
bundle: install
	rm -rf dist/bundle
	mkdir -p dist/bundle/wheels
	$(BIN)/python -m pip download --quiet --require-hashes --only-binary :all: -r requirements.lock -d dist/bundle/wheels
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation -w dist/bundle/wheels .
	cp requirements.lock dist/bundle/requirements.txt
	cd dist/bundle/wheels && set -- cancu-*.whl && \
		printf 'cancu @ file:./wheels/%s --hash=sha256:%s\n' "$$1" "$$(sha256sum "$$1" | cut -d' ' -f1)" > ../cancu.txt
	cp docs/operate/install.sh docs/operate/cancu.service dist/bundle/
	@echo "dist/bundle is complete: copy it and run ./install.sh"

lock:
	echo 'setuptools>=77' | $(COMPILE) pyproject.toml - -o requirements.lock
	echo 'setuptools>=77' | $(COMPILE) --extra dev pyproject.toml - -o requirements-dev.lock

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

install: $(VENV)/.installed
install-dev: $(VENV)/.installed-dev

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is missing: apt-get install python3 python3-venv" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is older than Python 3.11; name another with make PYTHON=…" >&2; exit 1; }
	"$(PYTHON)" -m venv $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.installed-dev: requirements-dev.lock pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $@ $(VENV)/.installed
