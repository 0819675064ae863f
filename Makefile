# `make example` and `make test` set up what they need in .venv/ and run; both are quick when nothing changed.

export PIP_DISABLE_PIP_VERSION_CHECK = 1
BIN := .venv/bin
PYTHONS := python3 python3.14 python3.13 python3.12 python3.11
UV_VERSION := 0.13.8
READY := .venv/ready

.PHONY: example test lint format docs evaluate bench bench-million lock clean

example: $(READY)
	$(BIN)/publish build 2023-03-04

test: $(READY)
	@$(BIN)/python tests/parts.py chromium default-jre-headless fonts-noto-cjk npm openssh-server postfix rsync spamassassin strace vnu-jar
	$(BIN)/python -m pytest

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: $(READY)
	$(BIN)/python -m cogapp -r --verbosity=1 README.md docs/*.md

evaluate: $(READY)
	$(BIN)/python -m pytest evaluate

bench: $(READY)
	@$(BIN)/python tests/parts.py hyperfine postfix
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/bench.txt
	$(BIN)/python -m bench $(ISSUES)

bench-million: $(READY)
	@$(BIN)/python tests/parts.py hyperfine postfix
	$(BIN)/python -m bench million

# An interrupted set-up leaves no `ready` and is begun anew; changed requirements are installed over what is there.
$(READY): pyproject.toml requirements/build.txt requirements/dev.txt
	@if [ -e $@ ]; then rm $@; else rm -rf .venv; fi
	@found=; for python in $(PYTHON) $(PYTHONS); do \
	    if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	    echo "This needs Python 3.11 or newer: put it on the PATH or say make PYTHON=/path/to/python3" >&2; exit 1; \
	fi; \
	[ -x $(BIN)/pip ] || $$found -m venv .venv || { \
	    echo "$$found cannot make a virtual environment (Debian: apt-get install python3-venv)" >&2; exit 1; \
	}
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/build.txt
	$(BIN)/python -m pip install --quiet --require-hashes --no-build-isolation --use-pep517 -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q pipeline
	@touch $@

# Pins every dependency for all systems at once, by PyPI's own list: what this machine's settings say stays out of it.
COMPILE = $(BIN)/uv pip compile --no-config --quiet --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-annotate --custom-compile-command "make lock"
lock: $(READY)
	$(BIN)/python -m pip install --quiet uv==$(UV_VERSION)
	$(COMPILE) $(UPGRADE) pyproject.toml --group build --group dev --output-file requirements/dev.txt
	$(COMPILE) pyproject.toml --constraint requirements/dev.txt --output-file requirements/runtime.txt
	$(COMPILE) --group build --constraint requirements/dev.txt --output-file requirements/build.txt
	$(COMPILE) $(UPGRADE) --group bench --output-file requirements/bench.txt

clean:
	rm -rf .venv out .publish
