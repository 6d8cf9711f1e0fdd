# Needs Python 3.10 or later, make and git; everything else is installed into .venv.
PYTHON ?= python3
BIN := .venv/bin
PIP := -m pip install --quiet --disable-pip-version-check
STRICT := --config-settings editable_mode=strict
PACKAGES := souwen analysis cli engines indexer messages query web
SOURCES := $(foreach package,$(PACKAGES),$(wildcard $(foreach ending,py txt npz,$(package)/*.$(ending) $(package)/*/*.$(ending)))) \
	$(wildcard web/templates/* web/static/* messages/*/LC_MESSAGES/*)
LOCKED := $(wildcard requirements/*.txt)

.PHONY: demo test soak test-whoosh3 docs images messages reference licences lock lint types clean

demo: .venv/demo
	$(BIN)/souwen index seeds/
	$(BIN)/souwen search 台湾海峡

test: .venv/dev
	$(BIN)/python -m pytest -n auto --dist loadscope $(ARGS)

# Runs for one or two hours the tests that try to lose or corrupt an archive; `make test` runs a sample of them.
# build/soak.log lists the phases in which runs were killed, and the inputs that took more than a second.
soak: .venv/dev
	SOUWEN_SOAK=1 $(BIN)/python -m pytest -m soak --log-file=build/soak.log --log-file-level=INFO $(ARGS)

# Whoosh's maintained fork has the same import name, so it needs its own environment.
test-whoosh3: .venv-whoosh3/ready
	.venv-whoosh3/bin/python -m pytest -n auto --dist loadscope tests/engines tests/indexer tests/query

# Builds the documentation as a site in build/site. The variable silences mkdocs-material's warning about MkDocs 2.
docs: .venv/dev
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

# Adds new messages to the catalog of each language and compiles it. Translate them, then run it again.
messages: .venv/dev
	$(BIN)/python -m tools.make_catalog

# Makes docs/command-line.md from the commands.
reference: .venv/dev
	$(BIN)/python -m tools.make_reference

# Makes docs/licences.md from the installed packages.
licences: .venv/dev
	$(BIN)/python -m tools.make_licences

# Renews requirements/ from the ranges in pyproject.toml, for all supported Pythons and systems. uv uses the package index
# that you have configured, or PyPI.
LOCK := build/uv/bin/uv pip compile --quiet --universal --python-version 3.10 --generate-hashes --no-annotate \
	--custom-compile-command "make lock" --upgrade
lock:
	$(PYTHON) -m venv --clear build/uv
	build/uv/bin/python $(PIP) uv
	$(LOCK) pyproject.toml --extra dev --output-file requirements/dev.txt
	echo "setuptools>=77" | $(LOCK) - --output-file requirements/build.txt
	echo "jieba" | $(LOCK) - --constraints requirements/dev.txt --output-file requirements/source.txt
	echo "whoosh3>=3.54" | $(LOCK) - --no-deps --output-file requirements/whoosh3.txt

# Makes the README's pictures of the terminal and of the page. The latter needs Chromium and a font with Han characters.
images: .venv/dev
	$(BIN)/python -m tools.make_terminal
	$(BIN)/python -m tools.make_images

lint: .venv/dev types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

# Runs in the folder of the editable install, which has all packages below souwen/.
types: .venv/dev
	cd build/__editable__.* && MYPYPATH=.:$(CURDIR) $(CURDIR)/$(BIN)/mypy \
		--config-file $(CURDIR)/pyproject.toml -p souwen -p training -p tools -p bench

clean:
	rm -rf .venv .venv-whoosh3 build dist *.egg-info

# A strict editable install links each file, so it is repeated when files are added or removed.
.venv/demo: pyproject.toml $(SOURCES)
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python $(PIP) -e . $(STRICT)
	touch $@

# Installs the locked versions and the project into an environment. jieba is published as source only; the locked
# setuptools builds it.
define install-locked
	test -x $(1)/bin/python || $(PYTHON) -m venv $(1)
	$(1)/bin/python $(PIP) --require-hashes -r requirements/build.txt
	$(1)/bin/python $(PIP) --require-hashes --no-build-isolation -r requirements/source.txt
	$(1)/bin/python $(PIP) --require-hashes -r requirements/dev.txt
	$(1)/bin/python $(PIP) --no-deps --no-build-isolation -e . $(STRICT)
endef

.venv/dev: pyproject.toml $(LOCKED) $(SOURCES)
	$(call install-locked,.venv)
	touch .venv/demo $@

.venv-whoosh3/ready: pyproject.toml $(LOCKED) $(SOURCES)
	$(call install-locked,.venv-whoosh3)
	.venv-whoosh3/bin/python -m pip uninstall --quiet --yes whoosh
	.venv-whoosh3/bin/python $(PIP) --require-hashes --force-reinstall --no-deps -r requirements/whoosh3.txt
	touch $@
