"""Holdfast's night, made from plan.json: no table, column, rule or size stands in this file."""

import json
import os
import re
from datetime import timedelta
from pathlib import Path

import pendulum
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.providers.standard.sensors.bash import BashSensor
from airflow.sdk import (
    DAG,
    Asset,
    AsyncCallback,
    CronTriggerTimetable,
    DeadlineAlert,
    DeadlineReference,
    Param,
    RetryDecision,
    RetryPolicy,
)
from airflow.sdk.exceptions import AirflowFailException

PLAN = json.loads(Path(os.environ.get("NIGHT_PLAN", Path(__file__).parents[1] / "plan.json")).read_text())
TIME_ZONE = os.environ.get("NIGHT_TIME_ZONE", "UTC")  # as company.tz
CRON = os.environ.get("NIGHT_CRON", "0 4 * * *")  # when the last exports of the day before are there
LATE = os.environ.get("NIGHT_DEADLINE_CALLBACK", "")  # a notifier's dotted path: told of a late night

JAR = "{{ var.value.holdfast_jar }}"
CONFIG = "{{ var.value.holdfast_config }}"
AS_OF = "{{ last_day(params, data_interval_end if data_interval_end is defined else none) }}"
COMMAND = "{{ 'backfill' if dag_run.run_type == 'backfill' else params.command }}"


def last_day(params, interval_end):
    """The last local day that counts: the one asked for, else the last whole day of the data interval."""
    if params.get("as_of"):
        return params["as_of"]
    if interval_end is None:
        raise AirflowFailException('Cannot tell the night: a run without a logical date needs {"as_of": "2026-11-21"}.')
    return pendulum.instance(interval_end).in_timezone(TIME_ZONE).subtract(days=1).to_date_string()


class ByExitCode(RetryPolicy):
    """Does not repeat what stays wrong: configuration or input (2) and a broken rule of the data (3)."""

    def evaluate(self, exception, try_number, max_tries, context=None):
        code = re.search(r"Error code is: (\d+)", str(exception))
        if code and code[1] in ("2", "3"):
            return RetryDecision.fail(f"exit code {code[1]}: running again does not help, see the runbook")
        return RetryDecision.default()


def filled(arguments):
    return [text.format(command=COMMAND, as_of=AS_OF, config=CONFIG) for text in arguments]


with DAG(
    "holdfast_nightly",
    description="Who stays, what they use, who is likely to leave",
    schedule=CronTriggerTimetable(CRON, timezone=TIME_ZONE, interval=timedelta(days=1)),
    start_date=pendulum.datetime(2026, 1, 1, tz=TIME_ZONE),
    catchup=False,
    max_active_runs=1,
    params={
        "as_of": Param(None, type=["null", "string"], format="date", description="the night; by default yesterday"),
        "command": Param("run", enum=["run", "backfill"], description="backfill: a night that lies behind the latest"),
    },
    user_defined_macros={"last_day": last_day},
    deadline=DeadlineAlert(
        reference=DeadlineReference.DAGRUN_QUEUED_AT,
        interval=timedelta(minutes=sum(a["deadline_minutes"] for a in PLAN["applications"])),
        callback=AsyncCallback(LATE, kwargs={"text": "The night of {{ dag_run.dag_id }} is late."}),
    )
    if LATE
    else None,
    tags=["holdfast"],
) as dag:
    tasks = {}
    for application in PLAN["applications"]:
        tasks[application["name"]] = SparkSubmitOperator(
            task_id=application["name"],
            name=f"holdfast-{application['name']}-{AS_OF}",
            application=JAR,
            java_class=PLAN["class"],
            conf=application["conf"],
            application_args=filled(application["arguments"]),
            conn_id="spark_default",
            pool="holdfast",  # one slot: a lake has one writer at a time
            owner=application["owner"],
            doc_md=f"[Runbook]({application['runbook']}). Builds {', '.join(application['tables'])}.",
            execution_timeout=timedelta(minutes=application["deadline_minutes"]),
            retries=application["retries"],
            retry_policy=ByExitCode(),
            retry_delay=timedelta(minutes=5),
            retry_exponential_backoff=2.0,
            max_retry_delay=timedelta(hours=1),
        )
        for before in application["after"]:
            tasks[before] >> tasks[application["name"]]

    # Asks what stands: a night counts when all of its tables do. Other DAGs can copy it, or be
    # scheduled on the assets.
    published = BashSensor(
        task_id="published",
        bash_command=f"spark-submit --master 'local[1]' --class {PLAN['class']} '{JAR}'"
        f" status --as-of {AS_OF} --config '{CONFIG}'",
        retry_exit_code=4,
        mode="reschedule",
        poke_interval=300,
        timeout=timedelta(hours=2).total_seconds(),
        pool="default_pool",
        owner=PLAN["applications"][-1]["owner"],
        execution_timeout=timedelta(minutes=15),
        retries=2,
        outlets=[
            Asset(name=t["table"], uri=f"holdfast://lake/{t['table'].replace('.', '/')}", group="holdfast")
            for t in PLAN["tables"]
            if t["is_published"]
        ],
    )
    list(tasks.values()) >> published
