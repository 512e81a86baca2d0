# make demo   a generated company, two of its nights, and what to look at
# make test   all tests but the slow suites
# make test-integration   the slow suites: whole nights, faults, kills, a cluster, a database, a browser
# make test-airflow   the DAG in a real Airflow, in a Python environment that it makes
# make test-readers   the notebooks, readers of other makers, and SQL over JDBC, over a demo's lake
# make test-deploy   the templates for clusters, held against the services' own models
# make bench  Holdfast, DuckDB and Spark SQL on the same questions: bench/README.md
# make bench-model   the churn model of a generated company against the truth and other libraries
# make notebooks   opens the notebooks over the demo's lake
# make build  the classes and libraries that bin/holdfast runs from; without lint, which is half of
#             compiling, and which the tests and the jar do
# make jar    the jar for spark-submit
# make fmt    formats the code
#
# Java 17 and Maven are installed where one is missing, on Debian and Ubuntu when run as root; else
# the command that installs them is printed.

MAVEN = mvn -B -ntp -q
DEMO_DIR ?= demo
READ_DEMO = $(if $(wildcard $(DEMO_DIR)/lake/_holdfast.json),$(DEMO_DIR),target/demo)

PYTHON_READERS = $$(bin/python-env readers notebooks/requirements.txt notebooks/tests/requirements.txt)

.PHONY: demo test test-integration test-airflow test-readers test-deploy bench bench-model notebooks notebooks-paired build lint-again jar fmt clean tools

demo: build
	bin/holdfast demo --dir $(DEMO_DIR)

test: tools lint-again
	mvn -B -ntp spotless:check test

# In this order the longest class is among the first. Slow suites run long enough for the optimizing compiler to pay.
test-integration: jar
	@bin/test-services
	mvn -B -ntp test -Dtest.groups=integration -Dtest.excludedGroups=long \
	  -Dtest.jit=-XX:+TieredCompilation -Dsurefire.runOrder=reversealphabetical

# Its Spark is that of the readers.
test-airflow: jar
	SPARK_ENV="$(PYTHON_READERS)" "$$(bin/python-env airflow airflow/requirements.txt airflow/tests/requirements.txt)"/bin/python -m pytest -q airflow/tests

# Over the lake of a demo: that of DEMO_DIR, or one that is made.
test-readers: jar
	@test -f $(READ_DEMO)/lake/_holdfast.json || $(MAKE) $(READ_DEMO)/.made
	DEMO_DIR=$(READ_DEMO) "$(PYTHON_READERS)"/bin/python -m pytest -q notebooks/tests

test-deploy:
	"$$(bin/python-env deploy deploy/requirements.txt)"/bin/python -m pytest -q deploy

bench: build
	"$$(bin/python-env bench bench/requirements.txt)"/bin/python bench/run.py $(BENCH)

bench-model: build
	"$$(bin/python-env bench-model bench/model/requirements.txt)"/bin/python bench/model/quality.py $(BENCH)

target/demo/.made: target/.built
	bin/holdfast demo --dir target/demo
	@touch $@

notebooks:
	"$(PYTHON_READERS)"/bin/jupyter lab notebooks

notebooks-paired:
	"$(PYTHON_READERS)"/bin/jupytext --sync notebooks/0*.py

build: tools target/.built

target/.built: pom.xml $(shell find src/main conf jobs -type f)
	$(MAVEN) -Dquick process-classes
	@touch target/.unlinted $@

# What was compiled without lint goes, so that it is compiled again with it.
lint-again:
	@if [ -f target/.unlinted ]; then \
	  rm -rf target/classes target/test-classes target/maven-status target/.built target/.unlinted; \
	fi

jar: tools lint-again
	$(MAVEN) -DskipTests package

fmt: tools
	$(MAVEN) spotless:apply

clean:
	rm -rf target

tools:
	@bin/tools
