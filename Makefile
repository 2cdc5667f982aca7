# Verbs used by people and by CI alike. Needs Python >= 3.11, Node >= 20.19 and make.
PORT ?= 8000
PYTHON ?= python3
CITY ?= city
DEMO := .build/city
SHARED ?= ../shared/data
PY := .venv/bin/python
UV_VERSION := 0.13.9
CORES := $(shell nproc 2>/dev/null || echo 2)
# Each of these wants the machine, or the one demo city, to itself.
ALONE := browser or program or city

.PHONY: run install client test check pytest vitest browser postgres gdal nginx rtsp openid bench soak-streams proofs fuzz bundle bundle-proof build clean lock types

run: install client          ## install, make and build the demo city, serve it
	$(PY) -m geoserver demo $(CITY) --port $(PORT)

install: .build/installed

.build/installed: requirements.lock pyproject.toml
	@mkdir -p .build
	test -x $(PY) || $(PYTHON) -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(PY) -m uv pip sync --quiet --require-hashes --python $(PY) requirements.lock
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

frontend/node_modules/.package-lock.json: frontend/package-lock.json
	cd frontend && npm ci --no-fund --no-audit --loglevel=error
	touch $@

client: frontend/dist/index.html

CLIENT_SOURCES := $(shell find frontend/src frontend/index.html frontend/vite.config.ts -type f 2>/dev/null)
frontend/dist/index.html: frontend/node_modules/.package-lock.json $(CLIENT_SOURCES)
	cd frontend && npm run --silent build

build: install client        ## everything that is made from sources, without starting it

test: install client browser postgres gdal nginx rtsp openid check vitest pytest   ## all of it; what was skipped stands in the last lines

check: install frontend/node_modules/.package-lock.json   ## lint, types, import directions
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	.venv/bin/lint-imports --no-logo 2>/dev/null || .venv/bin/lint-imports
	cd frontend && npm run --silent check

vitest: frontend/node_modules/.package-lock.json
	cd frontend && npm run --silent test

browser: install             ## a Chromium for the browser tests, where there is none
	$(PY) tests/browser/get_chromium.py

postgres: install            ## a PostgreSQL with PostGIS for the storage tests, where there is none
	$(PY) -m tests.contract.get_postgres

gdal: install                ## GDAL's programs, which read our collections in tests, where there are none
	$(PY) -m tests.contract.get_gdal

nginx: install               ## nginx, which stands before us in tests, where there is none
	$(PY) -m tests.contract.get_nginx

rtsp: install                ## a real RTSP server for the tests of streams, where there is none
	$(PY) -m tests.geoserver.streams.get_rtsp

pytest: install client browser postgres gdal nginx rtsp openid
	$(PY) -m pytest -n $(CORES) --dist loadfile -m "not ($(ALONE))"
	$(PY) -m pytest -m "$(ALONE)"

openid: install              ## a real OpenID provider for the tests of sign-in, where there is none
	$(PY) -m tests.geoserver.openid.get_provider

bench: install rtsp          ## the figures, as ratios to peers in the same run
	$(PY) -m geoserver demo $(DEMO) --no-serve
	$(PY) -m tests.bench.viewshed
	$(PY) -m tests.bench.profile
	$(PY) -m tests.bench.link $(DEMO) --cameras 100000
	$(PY) -m tests.bench.link $(DEMO) --cameras 7000
	$(PY) -m tests.bench.link $(DEMO) --http
	$(PY) -m tests.bench.coverage $(DEMO)
	$(PY) -m tests.bench.coverage $(DEMO) --drag
	$(PY) -m tests.bench.still $(DEMO)
	$(PY) -m tests.bench.live
	$(PY) -m tests.bench.ogc
	$(PY) -m tests.bench.streams

soak-streams: install client rtsp   ## an hour of pictures opened while cameras fail; lateness and a wall in the browser
	$(PY) -m geoserver demo $(DEMO) --no-serve
	$(PY) -m tests.bench.stream_latency $(DEMO)
	$(PY) -m tests.bench.wall $(DEMO) --minutes 10
	$(PY) -m tests.bench.stream_soak --minutes 60 --opens 1000

proofs: install postgres     ## what takes long; each prints what it found
	$(PY) -m geoserver demo $(DEMO) --no-serve
	$(PY) -m tests.bench.viewshed agreement --full
	$(PY) -m tests.judges.link_truth $(DEMO) --places 2000 --embree 300
	$(PY) -m tests.judges.both_ways $(DEMO) --places 5000
	$(PY) -m tests.judges.calibration_truth $(SHARED) --seeds 40
	$(PY) -m tests.judges.camera_files $(SHARED)
	$(PY) -m tests.judges.diagnosis $(SHARED) --city $(DEMO)
	$(PY) -m tests.judges.killed --kills 20 --commits 10000 --engine sqlite
	$(PY) -m tests.judges.killed --kills 20 --commits 10000 --engine postgres
	$(PY) -m tests.judges.killed --cuts 200
	$(PY) -m tests.judges.killed_fixes --kills 20 --fixes 200000
	$(PY) -m tests.judges.replayed --moments 100

fuzz: install                ## every operation asked many questions, from the OpenAPI document
	GEOSERVER_QUESTIONS=300 $(PY) -m pytest tests/contract/test_schema.py

# Where no city is named, the demo's.
BUNDLED := $(if $(filter file,$(origin CITY)),$(DEMO),$(CITY))

bundle: install client       ## wheels, client and a built city for a machine without any registry; CITY=FOLDER names it
	$(if $(filter file,$(origin CITY)),$(PY) -m geoserver demo $(DEMO) --no-serve)
	$(PY) -m bundle $(BUNDLED)

bundle-proof: bundle         ## installs and runs it where there is no network
	$(PY) -m tests.judges.closed_network "$$(ls -t .build/bundle/*.tar | head -n 1)"

types: install frontend/node_modules/.package-lock.json   ## the client's types, from the server's OpenAPI document
	$(PY) -m geoserver openapi > frontend/openapi.json
	cd frontend && npm run --silent types

lock: install                ## new versions of everything
	$(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra test pyproject.toml -o requirements.lock

clean:                       ## all that was built or fetched
	rm -rf .build .venv $(CITY) frontend/dist frontend/node_modules frontend/public/cesium
	find . -name __pycache__ -prune -exec rm -rf {} +
