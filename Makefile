# Two commands do everything on a fresh machine: `make demo` and `make test`.

PY := .venv/bin/python
READY := .venv/.installed
COMPILE := $(PY) -m piptools compile --quiet --strip-extras \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host

loud_if_it_fails = said=$$($(1) 2>&1) || { echo "$$said"; exit 1; }

.DEFAULT_GOAL := help
.PHONY: help demo test lint bench requirements reference clean
MAKEFLAGS += --no-print-directory

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(READY): requirements.txt requirements-dev.txt local/bootstrap.sh
	@sh local/bootstrap.sh

demo: $(READY) ## Do the main job on sample rows, then serve the portal (ROWS=200; ONCE=1 ends when it is done)
	@$(PY) -m local.frontend
	@$(PY) -m local.demo --rows $(or $(ROWS),200) $(if $(filter-out 0,$(ONCE)),--once)

test: lint ## Lint, then run every test against real PostgreSQL, Redis and Chromium
	@$(PY) -m local.browser
	@$(PY) -m local.frontend --required
	@sh local/curl.sh
	@status=0; $(PY) -m pytest -n 3 --dist loadgroup || status=$$?; $(PY) -m local.testing stop; exit $$status

lint: $(READY) ## Check style, types, import contracts and pages
	@$(PY) -m ruff check --quiet
	@$(PY) -m ruff format --check --quiet
	@$(PY) -m mypy --no-error-summary
	@$(call loud_if_it_fails,$(PY) .venv/bin/lint-imports --no-logo)
	@$(call loud_if_it_fails,$(PY) -m djlint --lint --quiet app simulator)

bench: $(READY) ## Measure every stage beside a baseline, write bench/RESULTS.md (ROWS=20000: a quick look, writes nothing)
	@$(PY) -m bench $(ROWS)

requirements: $(READY) ## Compile the pinned requirements from requirements*.in
	@$(COMPILE) --output-file=requirements.txt requirements.in
	@$(COMPILE) --output-file=requirements-dev.txt requirements-dev.in

reference: $(READY) ## Write docs/configuration.md and docs/codes.md from the code
	@$(PY) -m local.settings_reference
	@$(PY) -m local.code_reference

clean: ## Stop what runs here and remove everything that was made
	@if [ -f $(READY) ]; then $(PY) -m local.servers stop && $(PY) -m local.testing stop; fi
	@for home in var/pg var/redis var/test/pg var/test/redis; do \
		if [ -L $$home ]; then rm -rf "$$(dirname "$$(readlink $$home)")"; fi; \
	done
	@rm -rf var .venv node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
