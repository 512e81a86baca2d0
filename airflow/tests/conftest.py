"""A real Airflow on SQLite in a folder of its own, made before anything imports it."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOME = Path(tempfile.mkdtemp(prefix="holdfast-airflow-"))
SPARK = Path(os.environ.get("SPARK_ENV", ROOT / "target" / "python" / "spark"))

os.environ.update(
    AIRFLOW_HOME=str(HOME),
    AIRFLOW__CORE__DAGS_FOLDER=str(ROOT / "airflow" / "dags"),
    AIRFLOW__CORE__LOAD_EXAMPLES="False",
    AIRFLOW__CORE__UNIT_TEST_MODE="False",
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=f"sqlite:///{HOME}/airflow.db",
    AIRFLOW__LOGGING__BASE_LOG_FOLDER=str(HOME / "logs"),
    AIRFLOW__USAGE_DATA_COLLECTION__ENABLED="False",
    # As JSON: a connection as URI, or a missing one, falls back to YARN without a word.
    AIRFLOW_CONN_SPARK_DEFAULT=json.dumps({"conn_type": "spark", "host": "local[2]"}),
    AIRFLOW_VAR_HOLDFAST_JAR=str(next(iter(sorted((ROOT / "target").glob("holdfast-*.jar"))), "holdfast.jar")),
    AIRFLOW_VAR_HOLDFAST_CONFIG=str(HOME / "company.conf"),
    NIGHT_TIME_ZONE="America/New_York",
    PATH=f"{SPARK}/bin:{Path(sys.executable).parent}:{os.environ['PATH']}",
)
os.environ.pop("SPARK_HOME", None)


@pytest.fixture(scope="session")
def home():
    airflow("db", "migrate")
    airflow("pools", "set", "holdfast", "1", "one writer at a time")
    return HOME


def airflow(*arguments):
    done = subprocess.run(["airflow", *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="session")
def dag(home):
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
    assert bag.import_errors == {}
    return bag.dags["holdfast_nightly"]
