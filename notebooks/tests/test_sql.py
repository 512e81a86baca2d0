"""SQL over JDBC: the names of a Hive metastore, Spark's Thrift server and its JDBC client."""

import csv
import os
import socket
import subprocess
import time

import pyspark
import pytest
from conftest import LAKE, PUBLISHED, ROOT, stored_rows, stored_schema
from pathlib import Path

SPARK = Path(pyspark.__file__).parent
JARS = sorted(path for path in (ROOT / "target").glob("holdfast-*.jar") if "original" not in path.name)
LEDGER = [table for table in ("ops.commits", "ops.quality_results", "ops.published", "ops.restatements")
          if (LAKE / table.replace(".", "/")).exists()]
NAMED = [*PUBLISHED, *LEDGER]
OPENS = [line for line in (ROOT / "bin" / "jvm.options").read_text().split() if line.startswith("--add-opens")]


class Metastore:
    """A Hive metastore in a folder, as a session of Spark makes one."""

    def __init__(self, folder):
        self.folder = folder
        self.conf = {
            "spark.sql.catalogImplementation": "hive",
            "spark.sql.warehouse.dir": folder / "warehouse",
            "spark.hadoop.javax.jdo.option.ConnectionURL": f"jdbc:derby:;databaseName={folder / 'metastore'};create=true",
            "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
            "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
            "spark.ui.enabled": "false",
            "spark.sql.shuffle.partitions": "2",
            "spark.databricks.delta.snapshotPartitions": "1",
            # Delta 4.4.0 answers max(as_of_date) from its log with a date that the server cannot take.
            "spark.databricks.delta.optimizeMetadataQuery.enabled": "false",
            "spark.driver.memory": "2g",
        }

    def submit(self, *what):
        command = ["java", *OPENS, "-Xmx2g", f"-Dderby.system.home={self.folder}", "-cp", f"{JARS[-1]}:{SPARK / 'jars'}/*",
                   "org.apache.spark.deploy.SparkSubmit", "--master", "local[2]"]
        for key, value in self.conf.items():
            command += ["--conf", f"{key}={value}"]
        return subprocess.Popen([*command, *what], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                text=True, env={**os.environ, "SPARK_HOME": str(SPARK)})

    def register(self, *options):
        done = self.submit("--class", "io.holdfast.Main", str(JARS[-1]), "register", "--set", f"lake.path={LAKE}", *options)
        return done.communicate()[0], done.returncode


@pytest.fixture(scope="module")
def metastore(tmp_path_factory):
    assert JARS, "no shaded jar in target: run `make jar`"
    return Metastore(tmp_path_factory.mktemp("hive"))


@pytest.fixture(scope="module")
def registered(metastore):
    said, code = metastore.register()
    assert code == 0, said[-3000:]
    return said


@pytest.fixture(scope="module")
def server(metastore, registered, tmp_path_factory):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = metastore.submit(
        "--class", "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2", "spark-internal",
        "--hiveconf", f"hive.server2.thrift.port={port}", "--hiveconf", "hive.server2.thrift.bind.host=127.0.0.1")
    lines = []
    end = time.monotonic() + 180
    try:
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if process.poll() is not None or time.monotonic() > end:
                process.kill()
                lines = process.communicate()[0]
                raise AssertionError(f"the Thrift server does not come up:\n{lines[-3000:]}")
            time.sleep(0.5)
        yield f"jdbc:hive2://127.0.0.1:{port}/holdfast"
    finally:
        process.kill()
        process.wait()


def ask(url, *statements):
    """The rows of each statement, by the JDBC client that comes with Spark."""
    command = ["java", "-XX:TieredStopAtLevel=1", "-Ddisable.quoting.for.sv=false", "-cp", f"{SPARK / 'jars'}/*", "org.apache.hive.beeline.BeeLine", "-u", url, "--silent=true",
               "--outputformat=csv2", "--showHeader=false"]
    for statement in statements:
        command += ["-e", statement]
    # Where it can read from somebody it prompts.
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[:3000]
    lines = (line.removeprefix(f"0: {url}> ") for line in done.stdout.splitlines())
    return list(csv.reader(line for line in lines if line))


def name(table):
    return table.replace(".", "_")


def test_every_published_table_has_a_name_and_keeps_it(metastore, registered):
    for table in NAMED:
        assert f"holdfast.{name(table)}\n" in registered
    again, code = metastore.register()
    assert code == 0
    assert f"{len(NAMED)} tables are registered in holdfast, 0 of them now." in again


def test_without_a_metastore_nothing_is_registered():
    done = subprocess.run([str(ROOT / "bin" / "holdfast"), "register", "--set", f"lake.path={LAKE}"], capture_output=True,
                          text=True)
    assert done.returncode == 2
    assert "this Spark session has no metastore" in done.stderr


def test_every_published_table_has_its_rows_by_jdbc(server):
    rows = ask(server, " UNION ALL ".join(f"SELECT '{table}', count(*) FROM {name(table)}" for table in PUBLISHED))
    assert {table: int(count) for table, count in rows} == {table: stored_rows(table) for table in PUBLISHED}


def test_columns_have_their_types_and_meanings_by_jdbc(server):
    for table in ("metrics.cohort_retention", "churn.predictions", "kpi.kpi_values"):
        described = ask(server, f"DESCRIBE {name(table)}")
        columns = [row for row in described if row and not row[0].startswith("#")]
        fields = stored_schema(table)["fields"]
        told = {row[0]: (row[1], row[2]) for row in columns[: len(fields)]}
        for field in fields:
            kind, meaning = told[field["name"]]
            assert meaning == field["metadata"]["comment"]
            if isinstance(field["type"], str):
                assert kind == {"long": "bigint", "integer": "int"}.get(field["type"], field["type"])


def test_a_question_of_the_docs_is_answered_by_jdbc(server):
    rows = ask(server, """
        SELECT definition, period, sum(retained) / sum(lived_through)
        FROM metrics_cohort_retention
        WHERE as_of_date = (SELECT max(as_of_date) FROM ops_published) AND segment_dimension = 'all' AND is_complete
        GROUP BY definition, period ORDER BY definition, period""")
    assert len(rows) > 10
    assert all(0 <= float(rate) <= 1 for _, _, rate in rows)
