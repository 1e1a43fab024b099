# Each target sets up what it needs: a virtual environment with the locked dependencies, the libraries for the reader's
# browser if there is npm, and a browser to draw charts.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SETUP := $(BIN)/python scripts/set_up.py
# The distributions beside Broadsheet: each is a folder.
MEMBERS := $(patsubst %/pyproject.toml,%,$(wildcard packages/*/pyproject.toml))
# That for JupyterLab: it stands on Broadsheet, and npm builds it.
LAB := editors/jupyterlab
PROJECTS := pyproject.toml $(MEMBERS:%=%/pyproject.toml) $(LAB)/pyproject.toml

# `docs` is a folder, too.
.PHONY: docs site test test-all check lock messages wheels vsix code-server clean

site: $(VENV)/.site
	@$(BIN)/broadsheet build

# What has to pass before a change lands. TIER=unit: only the tests that start no process; PKG=figures, or a
# room such as PKG=site/index: only those that a change there can break (tests/tiers.py).
test: $(VENV)/.test
ifeq ($(TIER)$(PKG),)
	@$(BIN)/ruff check .
	@$(BIN)/mypy
endif
	@$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder $(if $(TIER),--tier $(TIER)) $(if $(PKG),--package $(PKG)) \
	  $(PYTEST_OPTIONS)

# Everything, before a release and each night: the publication whole, the tests marked `slow`, more examples.
test-all:
	@$(MAKE) --no-print-directory test PYTEST_OPTIONS="--all $(PYTEST_OPTIONS)"

# Installs the locked versions, again if a lock file or a pyproject.toml has changed.
$(VENV)/.site: requirements.txt $(PROJECTS) package-lock.json scripts/set_up.py
	@$(PYTHON) scripts/set_up.py --venv $(VENV) --requirements requirements.txt
	@touch $@

$(VENV)/.test: requirements-dev.txt $(PROJECTS) package-lock.json scripts/set_up.py $(wildcard $(LAB)/*.json $(LAB)/build.mjs $(LAB)/src/*)
	@$(PYTHON) scripts/set_up.py --venv $(VENV) --requirements requirements-dev.txt --for-tests $(if $(CI),--browser-required)
	@touch $@ $(VENV)/.site

# Locks versions for each platform and Python that is supported, with hashes, without the address of an index. Versions
# stay, if they can; `make lock UPGRADE=1` takes the newest. What the distributions in packages/ need is locked, too.
COMPILE = $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header $(if $(UPGRADE),--upgrade) --extra build --extra newsletter --extra pictures \
	$(MEMBERS:packages/%=--no-emit-package %) --no-emit-package broadsheet-lab

# The documentation as a site, in docs/_site.
docs: $(VENV)/.site
	@cd docs && ../$(BIN)/broadsheet build

check: $(VENV)/.site
	@$(BIN)/broadsheet check --strict

lock: $(VENV)/.test
	@$(COMPILE) -o requirements.txt
	@$(COMPILE) --extra dev -o requirements-dev.txt

# The wheel of each distribution of this repository, in dist/, made without the network, but for what npm brings to build that
# for JupyterLab.
wheels: $(VENV)/.site
	@rm -rf dist
	@$(BIN)/python -m pip --disable-pip-version-check wheel --quiet --no-deps --no-build-isolation --wheel-dir dist \
	  . $(MEMBERS:%=./%) ./$(LAB)
	@ls dist

# Collects the texts for readers from the source into the catalogues of each language. Translate the new ones then.
EXTRACT = $(BIN)/pybabel -q extract -F src/broadsheet/locale/babel.cfg -k t_ -k n_:1,2 -k p_:1c,2 -k counted:1,2 \
	--no-location --sort-output --omit-header -o $(VENV)/messages.pot
UPDATE = $(BIN)/pybabel -q update -i $(VENV)/messages.pot --omit-header --no-fuzzy-matching --ignore-obsolete --width 120

messages: $(VENV)/.test
	@$(EXTRACT) src/broadsheet && $(UPDATE) -D broadsheet -d src/broadsheet/locale
	@$(EXTRACT) packages/plotly-alive/src && $(UPDATE) -D plotly_alive -d packages/plotly-alive/src/plotly_alive/locale
	@$(BIN)/python scripts/untranslated.py || echo "Translate these, then run the tests of tests/text."

# The extension for VS Code, packed, in dist/.
vsix:
	@mkdir -p dist && cd editors/vscode && npm ci --ignore-scripts --no-audit --silent \
	  && npm run --silent package -- --out ../../dist/

# A real VS Code in a browser, for the tests of that extension: 300 MB.
code-server:
	@cd editors/vscode && npm ci --ignore-scripts --no-audit --silent && npm run --silent --prefix code-server setup

clean:
	rm -rf $(VENV) node_modules $(LAB)/node_modules editors/vscode/node_modules editors/vscode/code-server/node_modules $(LAB)/labextension dist _site .broadsheet
