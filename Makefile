# Every target does its own set-up from a bare python3: an environment in .venv, uv inside it, and the packages.

VENV := .venv
UV := $(VENV)/bin/uv
PYTHON := $(VENV)/bin/python
SYNC := $(UV) sync --quiet --compile-bytecode --inexact

.PHONY: demo test lint bench clean

demo: $(VENV)/.demo  ## run the quickstart spell; installs only what it needs
	@$(VENV)/bin/llmspell run examples/quickstart.lua

DEMO := kernel plugins/agents/llm plugins/engines/lua plugins/providers/offline plugins/providers/openai plugins/stores/sqlite plugins/tools/core
$(VENV)/.demo: $(UV) $(DEMO:%=%/pyproject.toml)
	@$(UV) pip install --quiet --compile-bytecode --python $(PYTHON) $(DEMO:%=-e %)
	@touch $@

# One process for each processor. Coverage is the kernel's, to which the tests of tools and languages add nothing.
PYTEST := $(PYTHON) -m pytest -n auto --dist worksteal
APART := plugins/tools plugins/languages

test: $(UV)  ## install everything and run all tests, with the kernel's coverage
	@$(SYNC)
	@failed=0; \
	$(PYTEST) $(APART) || failed=1; \
	$(PYTEST) $(APART:%=--ignore=%) --cov --cov-report=term-missing:skip-covered || failed=1; \
	exit $$failed

lint: $(UV)  ## style and types
	@$(SYNC)
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy kernel plugins tests benchmarks

bench: $(UV)  ## measure llmspell beside its peers; takes a while
	$(PYTHON) benchmarks/run.py

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage

$(UV):
	@test -x $(PYTHON) || python3 -m venv $(VENV)
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check "uv>=0.6,<1"

.PHONY: generated
generated:  ## write the files that are generated from the code anew
	$(VENV)/bin/llmspell types --out docs/reference
	$(PYTHON) -c "from llmspell.script.reference import reference; print(reference(), end='')" > docs/reference/script-api.md
	$(VENV)/bin/llmspell config schema --out docs/reference/llmspell.schema.json
	for pack in plugins/tools/*; do $(VENV)/bin/llmspell tools index $$pack; done
