# Works on a fresh machine with make and Python 3.10 or later; all else is installed into .venv.

PYTHON ?= python3
ARGS ?=
DIST ?= dist
BIN := .venv/bin
SOURCES := spawning devtools tests benchmarks examples scripts docs
CHECKS := format lint types layers doors sizes unit docs man extension

.DEFAULT_GOAL := help
.PHONY: help demo check test editor vsix bench clean environment tidy man info dist compiled readme links recording $(CHECKS)

help: ## show this
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## serve examples/demo and reload it at each save; ARGS="--port 0" and the like are passed on
	@$(PYTHON) scripts/environment.py .venv demo
	@cd examples/demo && exec ../../$(BIN)/spawn --reload=dev $(ARGS) demo.app:app

check: $(CHECKS) ## format, lint, types, layers, doors, sizes, unit tests, docs, man pages, extension: all that is fast

test: check ## make check, all tests with each Python of this machine, the extension in the real editor
	@$(PYTHON) scripts/system_packages.py
	@$(PYTHON) scripts/each_python.py $(ARGS)
	@$(PYTHON) scripts/extension.py host journeys

editor: environment ## test the extension for VS Code: types, lint, units, the real editor
	@$(PYTHON) scripts/system_packages.py chromium
	@$(PYTHON) scripts/extension.py types lint unit host journeys

vsix: ## pack the extension for VS Code into dist/
	@$(PYTHON) scripts/extension.py pack=$(DIST)

bench: ## peers side by side: serving, then reloading
	@$(PYTHON) scripts/environment.py .venv
	$(BIN)/python benchmarks/serving.py
	$(BIN)/python benchmarks/reload.py

format: environment ## check how the code is laid out
	$(BIN)/ruff format --check $(wildcard $(SOURCES))

lint: environment ## check the code for likely mistakes
	$(BIN)/ruff check --quiet $(wildcard $(SOURCES))

types: environment ## check the types
	$(BIN)/mypy --no-error-summary
	$(BIN)/mypy --no-error-summary scripts docs/_ext

layers: environment ## check who imports whom
	$(BIN)/lint-imports --no-logo

doors: environment ## check that each dependency is imported in one place
	$(BIN)/python scripts/check_doors.py

sizes: environment ## check that files and functions are small
	$(BIN)/python scripts/check_sizes.py

unit: environment ## run the tests that start no server
	$(BIN)/python -m pytest -q -n 3 tests/unit

docs: environment ## build the manual into docs/_build/html
	$(BIN)/sphinx-build -q -E -W --keep-going -b html -d docs/_build/doctrees docs docs/_build/html

man: environment ## make man spawn and man spawnctl: try man -l share/man/man1/spawn.1
	$(BIN)/sphinx-build -q -E -W -t man -b man -d docs/_build/doctrees-man docs share/man/man1

info: environment ## make the manual for info: try info -f share/info/spawning.info
	@command -v makeinfo >/dev/null || { echo "error: makeinfo is missing; type: apt-get install texinfo"; exit 1; }
	$(BIN)/sphinx-build -q -E -W -b texinfo -d docs/_build/doctrees-info docs docs/_build/texinfo
	@mkdir -p share/info
	makeinfo --no-split -o share/info/spawning.info docs/_build/texinfo/spawning.texi

dist: man info vsix ## build the source distribution, the wheel with the manuals, and the extension, into dist
	@$(PYTHON) scripts/environment.py .venv release
	$(BIN)/python -m build --no-isolation --outdir $(DIST) .

compiled: ## build a wheel whose engine is compiled, for the Python that PYTHON= names, into dist
	@$(PYTHON) scripts/environment.py .venv release
	SPAWNING_COMPILED=1 $(BIN)/python -m build --wheel --outdir $(DIST) .

readme: ## do what the README says as a new user with an empty home; ARGS="docs/tutorial/flask.md" another page
	@$(PYTHON) scripts/environment.py .venv release
	$(BIN)/python -m build --no-isolation --wheel --outdir .cache/readme .
	$(BIN)/python scripts/readme/follow.py --wheels .cache/readme $(ARGS)

links: environment ## ask after every link of the manual that leads elsewhere; needs the network
	$(BIN)/sphinx-build -q -E -b linkcheck -d docs/_build/doctrees docs docs/_build/links

recording: ## record anew what the README shows, docs/figures; ARGS=--redraw only draws
	@$(PYTHON) scripts/environment.py .cache/venv-recording recording
	@# As users have it: what is installed to be edited would count as a part of the project.
	@.cache/venv-recording/bin/python -m pip install --quiet --no-deps --force-reinstall .
	.cache/venv-recording/bin/python scripts/recording $(ARGS)

extension: environment ## check the extension for VS Code: types, lint, tests without an editor
	@$(PYTHON) scripts/extension.py types lint unit

tidy: environment ## lay the code out, and mend what can be mended by itself
	$(BIN)/ruff check --quiet --fix-only $(wildcard $(SOURCES))
	$(BIN)/ruff format --quiet $(wildcard $(SOURCES))
	@$(PYTHON) scripts/extension.py tidy

environment:
	@$(PYTHON) scripts/environment.py .venv test lint docs

clean: ## remove what the other targets made, environments included
	rm -rf vscode-extension/node_modules vscode-extension/dist
	rm -rf .venv .cache build dist share docs/_build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
