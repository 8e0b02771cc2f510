# Two commands do everything: `make run` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
STAMP := .venv/.installed
FRESH := .venv/.fresh
COMPILED := $(shell find plugins -name '*.py')

.PHONY: run reproduce paper test lint docs bench pictures screens clean

run: $(FRESH)
	$(BIN)/dynsur run reram

# The paper's protocol and figures: within an hour on two cores. `make paper` puts them into
# docs/paper.md.
reproduce: $(FRESH)
	$(BIN)/dynsur reproduce reram

paper: reproduce
	$(BIN)/python benchmarks/accuracy/paper.py reproductions/reram

test: $(STAMP) $(FRESH)
	$(BIN)/python -m pytest -n auto --maxprocesses 8 --dist loadfile

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright

# The options in docs/cli.md come from the program itself. The site lands in build/site; its examples run, and a
# warning, a broken link among the pages for one, stops it.
docs: $(STAMP) $(FRESH)
	$(BIN)/python -m dynsur.cli.reference > docs/cli.md.new
	mv docs/cli.md.new docs/cli.md
	OMP_NUM_THREADS=1 $(BIN)/python -m sphinx -q -W --keep-going -b html docs build/site
	@echo "built build/site/index.html"
	@[ -n "$$CI" ] || $(BIN)/python -m webbrowser -t "file://$(CURDIR)/build/site/index.html" || true

bench: $(STAMP) $(FRESH)
	$(BIN)/python benchmarks/accuracy/experiments.py
	$(BIN)/python benchmarks/speed/simulations.py
	$(BIN)/python benchmarks/speed/solver.py
	$(BIN)/python benchmarks/speed/ode.py
	$(BIN)/python benchmarks/speed/generation.py
	$(BIN)/python benchmarks/speed/explorer.py

# The pictures of docs/reram.md, drawn by the functions the tests use, of docs/oscillators.md, and the
# README's, with its first table.
pictures: $(STAMP) $(FRESH)
	$(BIN)/python benchmarks/pictures/architecture.py
	$(BIN)/python benchmarks/pictures/truths.py
	$(BIN)/python benchmarks/pictures/memristors.py
	$(BIN)/python benchmarks/pictures/front_page.py

# The README's screenshots of the explorer and of the site, by chromium.
screens: docs
	$(BIN)/python benchmarks/pictures/screens.py

# What `make run` needs. The device solvers are compiled at their first use, which takes a minute each;
# they stay cached.
$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet -c constraints.txt -e .
	$(BIN)/dynsur simulate reram-coarse & coarse=$$!; $(BIN)/dynsur simulate reram && wait $$coarse
	touch $(READY)

$(STAMP): $(READY)
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[dev]"
	$(BIN)/python -m pip install --quiet -c constraints.txt tests/third_party/dynsur_duffing
	touch $(STAMP)

# numba's cache does not see that a module which another one calls has changed. The first time there is
# nothing to delete but what was compiled just now.
$(FRESH): $(READY) $(COMPILED)
	[ ! -e $(FRESH) ] || find plugins -name '*.nb[ic]' -delete
	touch $(FRESH)

clean:
	rm -rf .venv build dist *.egg-info
