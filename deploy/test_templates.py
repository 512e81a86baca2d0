"""The templates say nothing that the services do not know: held against their own models, offline."""

import json
from pathlib import Path

import botocore.session
import pytest
import yaml
from botocore.validate import ParamValidator
from databricks.sdk.service.jobs import JobSettings

HERE = Path(__file__).parent
ROOT = HERE.parent
PLAN = json.loads((ROOT / "airflow" / "plan.json").read_text())
LARGE = next(a["conf"] for a in PLAN["applications"] if a["profile"] == "large")


def start_job_run():
    service = botocore.session.get_session().get_service_model("emr-serverless")
    return service.operation_model("StartJobRun").input_shape


def test_emr_serverless_takes_the_run():
    run = json.loads((HERE / "emr-serverless.json").read_text())
    assert not ParamValidator().validate(run, start_job_run()).has_errors()
    parameters = run["jobDriver"]["sparkSubmit"]["sparkSubmitParameters"]
    assert all(f"--conf {key}={value}" in parameters for key, value in LARGE.items())


def test_a_misspelt_field_would_be_found():
    run = json.loads((HERE / "emr-serverless.json").read_text())
    run["jobDriver"]["sparkSubmit"]["entrypoint"] = run["jobDriver"]["sparkSubmit"].pop("entryPoint")
    assert ParamValidator().validate(run, start_job_run()).has_errors()


def kept(given, known, where=""):
    """Every field that was given is one that the SDK understood and gives back."""
    if isinstance(given, dict):
        for key, value in given.items():
            assert key in known, f"{where}.{key}"
            kept(value, known[key], f"{where}.{key}")
    elif isinstance(given, list):
        assert len(given) == len(known), where
        for one, other in zip(given, known, strict=True):
            kept(one, other, where)
    else:
        assert given == known, where


def test_databricks_knows_every_field():
    job = json.loads((HERE / "databricks.json").read_text())
    kept(job, JobSettings.from_dict(job).as_dict())
    with pytest.raises(AssertionError):
        kept({**job, "max_runs": 1}, JobSettings.from_dict({**job, "max_runs": 1}).as_dict())


def test_kubernetes_asks_for_the_same_sizes():
    spec = yaml.safe_load((HERE / "kubernetes.yaml").read_text())["spec"]
    assert spec["mainClass"] == PLAN["class"]
    assert spec["driver"]["memory"] == LARGE["spark.driver.memory"]
    assert spec["driver"]["cores"] == int(LARGE["spark.driver.cores"])
    assert spec["executor"]["instances"] == int(LARGE["spark.executor.instances"])
    assert spec["executor"]["memory"] == LARGE["spark.executor.memory"]
    assert spec["executor"]["cores"] == int(LARGE["spark.executor.cores"])
    assert spec["sparkConf"]["spark.sql.shuffle.partitions"] == LARGE["spark.sql.shuffle.partitions"]
