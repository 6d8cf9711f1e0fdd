# Needs Python 3.10 or later, make and git; everything else is installed into .venv.
PYTHON ?= python3
BIN := .venv/bin
PACKAGES := souwen analysis cli engines indexer messages query web
SOURCES := $(foreach package,$(PACKAGES),$(wildcard $(package)/*.py $(package)/*/*.py $(package)/*.txt $(package)/*.npz)) \
	$(wildcard web/templates/* web/static/*)

.PHONY: demo test soak test-whoosh3 docs images messages reference licences lint clean

demo: .venv/demo
	$(BIN)/souwen index seeds/
	$(BIN)/souwen search 台湾海峡

test: .venv/dev
	$(BIN)/python -m pytest -n auto --dist loadscope $(ARGS)

# Tries for an hour or two to lose or corrupt an archive, where `make test` tries a sample. build/soak.log tells in which
# phases runs were killed, and which inputs took more than a second.
soak: .venv/dev
	SOUWEN_SOAK=1 $(BIN)/python -m pytest -m soak --log-file=build/soak.log --log-file-level=INFO $(ARGS)

# Whoosh's maintained fork has the same import name, so it needs an environment of its own.
test-whoosh3: .venv-whoosh3/ready
	.venv-whoosh3/bin/python -m pytest -n auto --dist loadscope tests/engines tests/indexer tests/query

# The documentation as a site, in build/site. What mkdocs-material's authors think of MkDocs 2 is no warning about ours.
docs: .venv/dev
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

# New messages come into the Chinese catalogue, to be translated there; then once more, for the file that is read.
messages: .venv/dev
	$(BIN)/python -m tools.make_catalog

# docs/command-line.md, from the commands.
reference: .venv/dev
	$(BIN)/python -m tools.make_reference

# docs/licences.md, from what is installed.
licences: .venv/dev
	$(BIN)/python -m tools.make_licences.py

# The pictures in the README: of the terminal, and of the page, which needs a Chromium and a font with Han characters.
images: .venv/dev
	$(BIN)/python -m tools.make_terminal.py
	$(BIN)/python -m tools.make_images.py

lint: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	cd build/__editable__.* && MYPYPATH=.:$(CURDIR) $(CURDIR)/$(BIN)/mypy --config-file $(CURDIR)/pyproject.toml -p souwen -p training -p tools

clean:
	rm -rf .venv .venv-whoosh3 build dist *.egg-info

# A strict editable install links every file, so it is made again when a file comes or goes.
.venv/demo: pyproject.toml $(SOURCES)
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e . --config-settings editable_mode=strict
	touch $@

.venv/dev: pyproject.toml $(SOURCES)
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev]" --config-settings editable_mode=strict
	touch .venv/demo $@

.venv-whoosh3/ready: pyproject.toml $(SOURCES)
	test -x .venv-whoosh3/bin/python || $(PYTHON) -m venv .venv-whoosh3
	.venv-whoosh3/bin/python -m pip install --quiet --disable-pip-version-check -e ".[dev]" --config-settings editable_mode=strict
	.venv-whoosh3/bin/python -m pip uninstall --quiet --yes whoosh
	.venv-whoosh3/bin/python -m pip install --quiet --disable-pip-version-check --force-reinstall --no-deps "whoosh3>=3.54"
	touch $@
