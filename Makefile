# wad: the commands that people and machines use. `make help` lists them.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
PROTOS := $(shell find protos -name '*.proto')
MINUTES ?= 10
# One more than there are processors: half of the time a test waits for another process.
TEST_PROCESSES ?= $(shell echo $$(( $$(nproc) + 1 )))

.DEFAULT_GOAL := help
include clients/Makefile
include systemd/Makefile
.PHONY: help setup run demo test test-long fuzz faults soak link-cycles bench bench-quick check format protos landed docs dashboards panels monitoring-up lock clean

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## make the virtual environment from the locked versions

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo 'wad needs Python 3.11 or newer; $(PYTHON) is older or missing. Install one and say: make PYTHON=python3.11 …' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo 'Python has no venv module here. On Debian and Ubuntu: apt-get install python3-venv' >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

run: $(STAMP) ## the daemon, for the real WhatsApp, with its defaults
	$(BIN)/wad serve

demo: $(STAMP) ## link a session end to end against the emulator: no phone, no internet
	$(BIN)/wad demo

test: $(STAMP) ## every test, with the real engine against the emulator
	$(BIN)/pytest --numprocesses=$(TEST_PROCESSES) --dist=loadfile

test-long: $(STAMP) ## random lives of the managers, 50,000 steps and a minute or two each
	$(BIN)/pytest --timeout=600 --hypothesis-profile=long tests/unit/managers/test_manager_properties.py \
	  tests/unit/managers/test_device_properties.py

fuzz: $(STAMP) ## random requests, bytes and connections, for longer than make test does
	$(BIN)/pytest --timeout=600 --hypothesis-profile=long tests/fuzz

faults: $(STAMP) ## every fault, and a table of what each costs; fails if a promise is broken. WRITE=1 updates the docs
	$(BIN)/python -m pytest -p tests.faults.table $(if $(WRITE),--write-table docs/reliability.md) tests/faults

soak: $(STAMP) ## everything that can go wrong, at random and all at once, for MINUTES=10; SEED=n tries a run again
	$(BIN)/python -m tests.faults.soak --minutes $(MINUTES) $(if $(SEED),--seed $(SEED))

link-cycles: $(STAMP) ## link and remove 1,000 sessions, and see that nothing grows
	LINK_CYCLES=1000 $(BIN)/python -m pytest -s -p tests.faults.table tests/faults/test_link_cycles.py

bench: $(STAMP) ## measure the daemon beside two baselines; writes docs/benchmarks.md
	$(BIN)/python -m tests.benchmarks

bench-quick: $(STAMP) ## try every measure with tiny sizes, in half a minute
	$(BIN)/python -m tests.benchmarks --quick

check: $(STAMP) ## format, lint, types, imports, protos, generated code
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	$(BIN)/buf lint
	$(BIN)/buf breaking --against protos/landed.binpb
	$(BIN)/buf format --diff --exit-code
	$(BIN)/python protos/generate.py --check
	$(BIN)/python docs/generate.py --check
	$(BIN)/python monitoring/generate.py --check
	$(BIN)/python clients/generate.py --check

format: $(STAMP) ## bring everything into the house format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/buf format --write

protos: $(STAMP) ## generate the Python code of the protobuf packages
	$(BIN)/python protos/generate.py

landed: $(STAMP) ## with a release: remember the contract that later ones may only add to
	$(BIN)/buf build --path protos/wad/v1 --as-file-descriptor-set --exclude-source-info --output protos/landed.binpb

docs: $(STAMP) ## write what the documentation has from the code: the state diagram, the metrics, the alerts
	$(BIN)/python docs/generate.py

dashboards: $(STAMP) ## generate the Grafana dashboards
	$(BIN)/python monitoring/generate.py

panels: $(STAMP) ## show in docs/monitoring.md what a real Prometheus says of every panel
	WRITE_PANELS=docs/monitoring.md $(BIN)/python -m pytest tests/monitoring/test_prometheus.py -k dashboard

monitoring-up: $(STAMP) ## a daemon at work, with Prometheus, Alertmanager and (where present) Grafana on loopback
	$(BIN)/python -m tests.monitoring.up

lock: $(STAMP) ## lock the newest versions that pyproject.toml allows, and of these what the service needs
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra emulator --extra otel --group dev --universal --python-version 3.11 \
	  --generate-hashes --no-header --no-emit-index-url --upgrade --quiet --output-file requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra otel --constraints requirements.lock --universal --python-version 3.11 \
	  --generate-hashes --no-header --no-emit-index-url --quiet --output-file requirements-service.lock

clean: ## remove what setup and the tests have made
	rm -rf $(VENV) .hypothesis .pytest_cache .ruff_cache .import_linter_cache dist build \
	  clients/typescript/node_modules clients/typescript/dist clients/java/target
