# Two commands for everybody: `make site` and `make test`. Both set up what they need.
.DELETE_ON_ERROR:
.PHONY: site serve editions editions-test test lint unit snippets literal book browser lighthouse official mutation font \
	matrix next pins bench bench-scale changes audit licences notebooks proposal propose report
PYTHON ?= python3
BIN := .venv/bin
UV := $(BIN)/python -m uv pip install --quiet --python $(BIN)/python

site: .venv/site.stamp
	@$(BIN)/python -m verified_docs build

serve: .venv/site.stamp
	@$(BIN)/python -m verified_docs serve

# The site, with a PDF of each language and a zip that needs no server. Needs Chromium, or says so.
editions: .venv/test.stamp
	@$(BIN)/python -m verified_docs editions

# Each step can be run by itself under the same name. `book`, `browser`, `editions-test` and `lighthouse` take longer
# and run apart; the workflow `check` runs them all.
test: lint unit snippets literal

# Style, types, licences; then workflows and forms as the host reads them, and what could be done with them that nobody
# wants.
SCHEMA := $(BIN)/python -m check_jsonschema --builtin-schema vendor
lint: .venv/test.stamp
	@$(BIN)/python -m ruff check --quiet .
	@$(BIN)/python -m ruff format --quiet --check .
	@$(BIN)/python -m mypy
	@$(BIN)/python -m mypy --strict requirements/licences.py
	@$(BIN)/python requirements/licences.py --check
	@$(SCHEMA).github-workflows .github/workflows/*.yml
	@$(SCHEMA).dependabot .github/dependabot.yml
	@$(SCHEMA).github-issue-forms $(filter-out %/config.yml,$(wildcard .github/ISSUE_TEMPLATE/*.yml))
	@$(SCHEMA).github-issue-config .github/ISSUE_TEMPLATE/config.yml
	@$(BIN)/zizmor --quiet --offline --persona=pedantic .

# The tool itself. A file of tests stays in one process: its tests share what they build.
ALONGSIDE := --numprocesses auto --dist loadfile --durations 12
unit: .venv/test.stamp
	@$(BIN)/python -m pytest $(ALONGSIDE) tests --ignore tests/book --ignore tests/browser --ignore tests/editions --ignore tests/lighthouse

# Every cell in every language; then every sentence that must hold, and the site. `make snippets SHARD=2/4` runs every
# fourth module, from the second on, and no more, for machines that share the work.
snippets: .venv/test.stamp
	@$(BIN)/python -m pytest snippets $(if $(SHARD),--shard "$(SHARD)")
ifndef SHARD
	@$(BIN)/python -m verified_docs build
endif

# The blocks of the README and of the pages that are written out literally.
literal: .venv/test.stamp
	@$(BIN)/python -m pytest --codeblocks README.md docs

# The same bytes from another cold build, the same records on other arithmetic, published code in a notebook kernel:
# each with a share of the modules that is chosen by chance, or with ALL=1 with all of them.
book: snippets
	@VERIFIED_DOCS_ALL="$(ALL)" $(BIN)/python -m pytest tests/book

# The built site in a real browser. Without Chromium this says so in one line; with CI=true that is an error.
browser: snippets
	@$(BIN)/python -m pytest tests/browser

# What `make editions` has made, opened as readers do.
editions-test: editions
	@$(BIN)/python -m pytest tests/editions

# What the tests of exercises are worth: small changes to the solutions, of which they must catch nine in ten.
mutation: .venv/site.stamp
	@$(BIN)/python -m verified_docs mutation

# Every module with other versions of the libraries, in environments of their own; keeps what became of them in
# snippets/versions.json. `make matrix NAMES=2.16.2-3.0.0` tries one. All of them take about an hour.
matrix: .venv/site.stamp
	@$(BIN)/python -m verified_docs matrix $(NAMES)

# The same with the newest releases and the nightly builds: what they change, page by page, in .cache/next.md.
next: .venv/site.stamp
	@$(BIN)/python -m verified_docs next

.venv/uv.stamp: requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 site")'
	@echo "setting up .venv (once; downloads about 1 GB)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

# Without compiled bytecode TensorFlow takes twice as long to import.
.venv/site.stamp: .venv/uv.stamp requirements/site.txt requirements/runtimes.txt pyproject.toml
	@$(UV) --require-hashes --compile-bytecode -r requirements/site.txt -r requirements/runtimes.txt
	@$(UV) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/test.stamp: .venv/site.stamp requirements/test.txt
	@$(UV) --require-hashes --compile-bytecode -r requirements/test.txt
	@touch $@

# What Lighthouse says of the built site. Needs Chromium, Node and npm, or says so.
lighthouse: snippets
	@$(BIN)/python -m pytest tests/lighthouse

# The requests of the chapter on serving, sent to the official image of TensorFlow Serving; needs docker.
official: .venv/site.stamp
	@$(BIN)/python snippets/serving/_official.py

# The Chinese font that figures are measured with; needs Debian's fonts-wqy-microhei.
font: .venv/site.stamp
	@$(BIN)/python src/verified_docs/fonts/make.py

# The one command that updates the pins: one solution for everything, of which each file takes its part.
# No address of a package index gets into them.
COMPILE := $(BIN)/python -m uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header
GROUPS := site runtimes test
pins: .venv/uv.stamp
	@mkdir -p .cache
	@$(COMPILE) -o requirements/uv.txt requirements/uv.in
	@$(COMPILE) -o .cache/pins.txt $(GROUPS:%=requirements/%.in)
	@for group in $(GROUPS); do \
		$(COMPILE) -c .cache/pins.txt -o requirements/$$group.txt requirements/$$group.in || exit 1; \
	done
	@$(COMPILE) -c requirements/site.txt -o benchmarks/requirements/peers.txt benchmarks/requirements/peers.in

# This tool beside its peers on the same tutorials, then on large books; writes benchmarks/results.json. For a machine
# that does nothing else. `python -m benchmarks --help` tells of smaller measurements.
bench: .venv/site.stamp
	@$(BIN)/python -m benchmarks

# The large books alone, measured anew.
bench-scale: .venv/site.stamp
	@$(BIN)/python -m benchmarks --rounds 0

# The pins of Lighthouse and its parts, when requirements/package.json has changed.
requirements/package-lock.json: requirements/package.json
	@cd requirements && npm install --package-lock-only --ignore-scripts --loglevel=error
	@$(PYTHON) -c 'import json, pathlib; p = pathlib.Path("$@"); lock = json.loads(p.read_text()); \
		[one.pop("funding", 0) for one in lock["packages"].values()]; p.write_text(json.dumps(lock, indent=2) + "\n")'

# What the working tree changes on the site since it left BASE: a summary, and the figures before and after.
BASE ?= origin/main
changes: .venv/site.stamp
	@$(BIN)/python -m verified_docs changes "$(BASE)"
	@cat .cache/changes/summary.md >> "$${GITHUB_STEP_SUMMARY:-/dev/null}"

# The licences of everything that is pinned, in requirements/licences.md; one that nobody has looked at is an error.
licences: .venv/test.stamp
	@$(BIN)/python requirements/licences.py

# Known vulnerabilities of everything that is pinned; asks the package indexes. Those that do not matter here are in
# requirements/audit.md, with the reason. A package that nothing is known of is an error, not a good sign.
EXPLAINED = $(shell sed -nE 's/^\| ((GHSA|PYSEC|CVE)-[^ ]+) \| .*[^ |].* \|$$/--ignore-vuln \1/p' requirements/audit.md)
audit: .venv/test.stamp
	@$(BIN)/python -m pip_audit --strict --disable-pip --require-hashes --progress-spinner off $(EXPLAINED) \
		$(patsubst %,--requirement requirements/%.txt,uv $(GROUPS)) --requirement benchmarks/requirements/peers.txt
	@cd requirements && npm audit --package-lock-only

# For workflows, from here on; each script says what it does.
notebooks:
	@bash .ci/notebooks $(PUSH)

proposal:
	@bash .ci/propose --patch

propose:
	@bash .ci/propose "$(BRANCH)" "$(TITLE)"

report:
	@bash .ci/report "$(TITLE)" "$(FILE)"
