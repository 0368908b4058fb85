# Every target does its own set-up from a bare python3: an environment in .venv, uv inside it, and the packages.

VENV := .venv
UV := $(VENV)/bin/uv
PYTHON := $(VENV)/bin/python
SYNC := $(UV) sync --quiet --compile-bytecode --inexact

.PHONY: demo test lint bench clean

demo: $(VENV)/.demo  ## run the quickstart spell; installs only what it needs
	@$(VENV)/bin/llmspell run examples/quickstart.lua

DEMO := kernel plugins/agents/llm plugins/engines/lua plugins/providers/offline plugins/providers/openai plugins/tools/core
$(VENV)/.demo: $(UV) $(DEMO:%=%/pyproject.toml)
	@$(UV) pip install --quiet --compile-bytecode --python $(PYTHON) $(DEMO:%=-e %)
	@touch $@

# The tests of the tools need nothing of the others, and run beside them; what they print comes last.
test: $(UV)  ## install everything and run all tests, with the kernel's coverage
	@$(SYNC)
	@$(PYTHON) -m pytest plugins/tools >$(VENV)/tools.log 2>&1 & tools=$$!; \
	$(PYTHON) -m pytest --ignore=plugins/tools --cov --cov-report=term-missing:skip-covered; others=$$?; \
	wait $$tools; tools=$$?; cat $(VENV)/tools.log; \
	test $$others = 0 && test $$tools = 0

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
