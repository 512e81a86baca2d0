"""The DAG is what plan.json says, and asks for the right night however it is started."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pendulum
import pytest
from airflow.sdk.exceptions import AirflowFailException

ROOT = Path(__file__).parents[2]
PLAN = json.loads((ROOT / "airflow" / "plan.json").read_text())
APPLICATIONS = {a["name"]: a for a in PLAN["applications"]}


def test_there_is_a_task_for_each_application_and_one_that_asks_what_stands(dag):
    assert set(dag.task_dict) == {*APPLICATIONS, "published"}
    for name, application in APPLICATIONS.items():
        task = dag.get_task(name)
        assert task.upstream_task_ids == set(application["after"])
        assert task.owner == application["owner"]
        assert task.retries == application["retries"]
        assert task.execution_timeout == timedelta(minutes=application["deadline_minutes"])
        assert task.pool == "holdfast"
        assert task.conf == application["conf"]
    assert dag.get_task("published").upstream_task_ids == set(APPLICATIONS)
    assert dag.max_active_runs == 1


def test_each_published_table_is_an_asset_of_the_night(dag):
    published = {t["table"] for t in PLAN["tables"] if t["is_published"]}
    outlets = dag.get_task("published").outlets
    assert {o.name for o in outlets} == published
    assert len({o.uri for o in outlets}) == len(published) > 0
    assert all(not dag.get_task(name).outlets for name in APPLICATIONS)


def test_no_task_lacks_a_timeout_an_owner_or_a_pool(dag):
    for task in dag.tasks:
        assert task.execution_timeout and task.pool and task.owner not in ("", "airflow"), task.task_id


def test_a_run_covers_the_day_before_its_trigger(dag):
    from airflow.serialization.encoders import coerce_to_core_timetable

    timetable = coerce_to_core_timetable(dag.timetable)
    run = timetable.infer_manual_data_interval(run_after=pendulum.datetime(2026, 3, 4, 9, 0, tz="UTC"))
    assert run.end - run.start == timedelta(days=1)


class Rendered:
    """What a task would hand to spark-submit in a run of some kind."""

    def __init__(self, dag, task_id, run_type, interval_end=None, **params):
        context = {
            "params": {"as_of": None, "command": "run", **params},
            "dag_run": type("DagRun", (), {"run_type": run_type, "dag_id": dag.dag_id}),
            "var": {
                "value": type(
                    "Variables",
                    (),
                    {
                        "holdfast_jar": os.environ["AIRFLOW_VAR_HOLDFAST_JAR"],
                        "holdfast_config": os.environ["AIRFLOW_VAR_HOLDFAST_CONFIG"],
                    },
                )
            },
            **dag.user_defined_macros,
        }
        if interval_end is not None:
            context["data_interval_end"] = interval_end
        # The operator itself changes while it is rendered.
        from copy import copy

        self.task = copy(dag.get_task(task_id))
        self.task.render_template_fields(context)


def command_line(task):
    hook = task._get_hook()
    return hook._build_spark_submit_command(task.application)


@pytest.mark.parametrize(
    "interval_end, as_of",
    [
        # 04:00 in New York, in winter and in summer.
        (pendulum.datetime(2026, 3, 4, 9, 0, tz="UTC"), "2026-03-03"),
        (pendulum.datetime(2026, 7, 4, 8, 0, tz="UTC"), "2026-07-03"),
        # The evening of the 3rd in New York is the 4th in UTC: the 3rd is not over.
        (pendulum.datetime(2026, 3, 4, 2, 0, tz="UTC"), "2026-03-02"),
    ],
)
def test_a_scheduled_run_asks_for_the_last_whole_local_day(dag, interval_end, as_of):
    task = Rendered(dag, "retention", "scheduled", interval_end).task
    config = os.environ["AIRFLOW_VAR_HOLDFAST_CONFIG"]
    assert task.application_args == ["run", "retention", "--as-of", as_of, "--config", config]


def test_a_manual_run_takes_the_night_that_it_is_given(dag):
    without_date = Rendered(dag, "ingest", "manual", as_of="2026-02-28").task
    assert without_date.application_args[:4] == ["run", "ingest", "--as-of", "2026-02-28"]
    with_date = Rendered(dag, "ingest", "manual", pendulum.datetime(2026, 3, 4, 9, tz="UTC")).task
    assert with_date.application_args[:4] == ["run", "ingest", "--as-of", "2026-03-03"]


def test_a_manual_run_without_any_date_fails_loudly(dag):
    with pytest.raises(AirflowFailException, match="Cannot tell the night"):
        Rendered(dag, "ingest", "manual")


def test_a_backfill_says_backfill(dag):
    task = Rendered(dag, "retention", "backfill", pendulum.datetime(2026, 3, 4, 9, tz="UTC")).task
    assert task.application_args[:4] == ["backfill", "retention", "--as-of", "2026-03-03"]
    by_hand = Rendered(dag, "retention", "manual", as_of="2026-03-01", command="backfill").task
    assert by_hand.application_args[:4] == ["backfill", "retention", "--as-of", "2026-03-01"]


def test_spark_submit_gets_the_master_the_class_and_the_sizes(dag):
    task = Rendered(dag, "retention", "scheduled", pendulum.datetime(2026, 3, 4, 9, tz="UTC")).task
    line = command_line(task)
    assert line[:3] == ["spark-submit", "--master", "local[2]"]
    assert line[line.index("--class") + 1] == "io.holdfast.Main"
    assert line[line.index("--name") + 1] == "holdfast-retention-2026-03-03"
    for key, value in APPLICATIONS["retention"]["conf"].items():
        assert f"{key}={value}" in line
    jar = line.index(os.environ["AIRFLOW_VAR_HOLDFAST_JAR"])
    assert line[jar + 1 :] == task.application_args


def test_the_deadline_is_an_option(dag):
    assert not dag.deadline
    code = (
        "from airflow.dag_processing.dagbag import DagBag;"
        "d = DagBag().dags['holdfast_nightly'].deadline;"
        "d = d[0] if isinstance(d, list) else d;"
        "print(d.callback.path, d.interval)"
    )
    made = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "NIGHT_DEADLINE_CALLBACK": "smtplib.notify"},
        capture_output=True,
        text=True,
    )
    minutes = sum(a["deadline_minutes"] for a in PLAN["applications"])
    assert made.stdout.splitlines()[-1] == f"smtplib.notify {timedelta(minutes=minutes)}", made.stderr


def test_the_dag_follows_the_rules_of_airflow_3():
    checked = subprocess.run(
        ["ruff", "check", "--isolated", "--select", "AIR,F,I001", "--line-length", "120", ROOT / "airflow" / "dags"],
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stdout
