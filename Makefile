# make serve          environment, database, site on http://127.0.0.1:8001 (PORT= to change it)
# make build          raw/ -> questionnaires.db
# make release        build, and record what is new in raw/permalinks.txt: before publishing
# make check          say what is wrong in raw/, write nothing
# make test           lint, types, tests
# make quick          the same within a minute: no page, no browser, fewer examples of each property
# make bench          speed and memory, as ratios
# make demo           serve the invented questionnaires of tests/demo/
# make clean          remove everything that was made

PORT ?= 8001
PYTHON ?= python3
BIN = .venv/bin
ALONE = tests/site/test_article.py  # a busy machine is late to fit its frames

.PHONY: serve build release check test quick bench demo clean

serve: build
	$(BIN)/datasette . --host 127.0.0.1 --port $(PORT)

build: .venv/installed
	$(BIN)/python build.py

release: .venv/installed
	$(BIN)/python build.py --release

check: .venv/installed
	$(BIN)/python build.py check

test: .venv/tested-with
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -q -n auto --dist loadfile --ignore $(ALONE) $(PYTEST)
	$(BIN)/pytest -q $(ALONE) $(PYTEST)

quick: .venv/tested-with
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	MOTAMOT_QUICK=1 $(BIN)/pytest -q -n auto --ignore tests/site $(PYTEST)

bench: .venv/installed
	$(BIN)/python bench/build.py
	$(BIN)/python bench/dataset.py
	$(BIN)/python bench/search.py

demo: .venv/installed
	mkdir -p demo
	$(BIN)/python build.py --raw tests/demo --db demo/questionnaires.db
	cp -R metadata.yml settings.json templates static demo/
	$(BIN)/datasette demo --host 127.0.0.1 --port $(PORT)

clean:
	rm -rf .venv .kept demo build *.egg-info .hypothesis .mypy_cache .pytest_cache .ruff_cache
	rm -f questionnaires.db*

# Made again only when what is to be installed has changed.
.venv/installed: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

.venv/tested-with: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@
