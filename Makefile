# Everything a person or CI runs. Needs Python 3.11 or newer, git, make and a package index.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
WORKERS ?= 2
TIMES ?= 1

.PHONY: help demo test test-busy check corpus mutants mutate-specs sweep-imports bench bench-check docs lock clean
help:
	@echo "make demo    check a spec, start its mock, call through every guard, told in plain words"
	@echo "make test    the whole suite"
	@echo "make test-busy  the same beside two busy loops, as on a machine with other work (ONLY=PATH: a part, TIMES=N: so often)"
	@echo "make check   linters, types, import contracts, generated docs"
	@echo "make mutants  small changes to the code that no test notices (ONLY=PATH: of a part, SAMPLE=N: how many, SEED=N: which)"
	@echo "make corpus  what a careful reader says of the findings on thirty good specs"
	@echo "make mutate-specs  the share of seeded defects that the checker finds where they are"
	@echo "make sweep-imports DIR=…  import every API description of a folder, and count what is lost"
	@echo "make bench   what the guards cost, beside the peers"
	@echo "make bench-check  what checking costs: 1, 100 and 1,000 specs, large ones, and a keystroke in an editor"
	@echo "make docs    regenerate the generated reference pages"
	@echo "make lock    renew the hashed requirement files"

$(VENV)/.run: requirements/run.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Intertie needs Python 3.11 or newer; set PYTHON=python3.11")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

# json-server is a real server that tests call, pyright a type checker that they run; where npm is missing or can't install
# them, those tests skip and say so.
$(VENV)/.npm: $(VENV)/.run
	@if command -v npm >/dev/null && npm install --silent --no-audit --no-fund --prefix $(VENV)/npm json-server@0.17.4 pyright@1.1.414 >/dev/null 2>&1; \
	then touch $@; else echo "json-server and pyright could not be installed with npm: their tests will be skipped" >&2; fi

demo: $(VENV)/.run
	@$(BIN)/python examples/demo.py

test: $(VENV)/.dev $(VENV)/.npm
	@$(BIN)/python -m pytest -n $(WORKERS)

test-busy: $(VENV)/.dev $(VENV)/.npm
	@loops=; trap 'kill $$loops 2>/dev/null' EXIT; trap 'exit 130' INT TERM; \
	for loop in 1 2; do $(BIN)/python -c 'while True: pass' & loops="$$loops $$!"; done; \
	for turn in $$(seq $(TIMES)); do $(BIN)/python -m pytest -n $(WORKERS) $(ONLY) || exit 1; done

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check src tests bench examples
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/intertie dev docs --check

mutants: $(VENV)/.dev
	@$(BIN)/python tests/mutation/mutants.py --jobs $(WORKERS) $(if $(ONLY),--only $(ONLY)) $(if $(SAMPLE),--sample $(SAMPLE)) $(if $(SEED),--seed $(SEED))

corpus: $(VENV)/.dev
	@PYTHONPATH=tests $(BIN)/python tests/support/corpus.py

mutate-specs: $(VENV)/.dev
	@$(BIN)/python tests/mutation/run.py

sweep-imports: $(VENV)/.dev
	@test -n "$(DIR)" || { echo "give DIR=FOLDER, or NAME=FOLDER of several in quotes (ONLY=N: at most so many of each, PAGE=FILE: what each lost)" >&2; exit 2; }
	@$(BIN)/python tests/sweeps/import_sweep.py $(DIR) --jobs $(WORKERS) $(if $(ONLY),--only $(ONLY)) $(if $(PAGE),--markdown $(PAGE))

bench: $(VENV)/.dev
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt
	@$(BIN)/python bench/run.py

bench-check: $(VENV)/.dev
	@$(BIN)/python bench/run.py check lsp

docs: $(VENV)/.dev
	@$(BIN)/intertie dev docs

lock:
	@$(PYTHON) -m venv $(VENV) && $(BIN)/python -m pip install --quiet uv
	@for set in run dev bench; do $(BIN)/uv pip compile requirements/$$set.in --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet -o requirements/$$set.txt; done

clean:
	rm -rf $(VENV) dist build
