"""The questions that all contenders answer, and the SQL in which one that has only events answers them.

Twenty retention definitions by five segment dimensions, customer days, feature days, lifecycle and
engagement. The SQL is written down from the definitions the straightforward way, a query a question, in the
dialect of DuckDB or Spark.
"""

from dataclasses import dataclass
from datetime import date, timedelta

DIMENSIONS = ("plan", "country", "acquisition_channel", "company_size", "industry")
CORE = "event = 'feature_used'"
LENGTH_US = {"day": 86_400_000_000, "week": 7 * 86_400_000_000, "month": 30 * 86_400_000_000}


@dataclass(frozen=True)
class Definition:
    """
    A retention definition, split by all DIMENSIONS. `start` and `back` are words of the configuration, or
    feature:NAME; `cohorts` works for days alone.
    """

    unit: str
    grain: str
    periods: int
    start: str = "core"
    back: str = "core"
    mode: str = "first_time"
    window: str = "calendar"
    counting: str = "on"
    horizon: int | None = None
    brackets: tuple[tuple[int, int], ...] = ()
    min_occurrences: int = 1
    cohorts: int | None = None


BRACKETS = ((1, 7), (8, 14), (15, 30), (31, 60))

DEFINITIONS = {
    "signup_monthly": Definition("customer", "month", 24, start="signup"),
    "first_paid_monthly": Definition("customer", "month", 24, start="first_paid"),
    "customer_monthly": Definition("customer", "month", 12),
    "customer_weekly": Definition("customer", "week", 26),
    "customer_daily": Definition("customer", "day", 30, cohorts=90),
    "customer_monthly_or_later": Definition("customer", "month", 12, counting="on_or_after"),
    "customer_weekly_to_26": Definition("customer", "week", 12, counting="on_or_after", horizon=26),
    "customer_every_month": Definition("customer", "month", 12, mode="recurring"),
    "customer_brackets": Definition("customer", "month", 4, counting="bracket", brackets=BRACKETS),
    "customer_thrice_a_week": Definition("customer", "week", 26, min_occurrences=3),
    "customer_any_weekly": Definition("customer", "week", 26, start="any", back="any"),
    "customer_rolling_weekly": Definition("customer", "week", 12, window="rolling"),
    "user_monthly": Definition("user", "month", 12),
    "user_weekly": Definition("user", "week", 26),
    "user_daily": Definition("user", "day", 30, cohorts=90),
    "user_every_month": Definition("user", "month", 12, mode="recurring"),
    "user_brackets": Definition("user", "week", 4, counting="bracket", brackets=BRACKETS),
    "user_project_to_core": Definition("user", "month", 12, start="feature:complete_project"),
    "user_five_a_month": Definition("user", "month", 12, min_occurrences=5),
    "user_rolling_daily": Definition("user", "day", 30, window="rolling", cohorts=90),
}
ONE = "customer_monthly"

LIFECYCLE_PERIODS = {"week": 26, "month": 24}


def configuration(names) -> str:
    """The same questions as configuration of Holdfast."""
    lines = ["retention.definitions = null", "retention.definitions {"]
    for name in names:
        d = DEFINITIONS[name]
        keys = [f"unit = {d.unit}", f"grain = {d.grain}", f"mode = {d.mode}", f"window = {d.window}",
                f"counting = {d.counting}", f"start_event = {_event(d.start)}", f"return_event = {_event(d.back)}",
                f"min_occurrences = {d.min_occurrences}", f"segment_dimensions = [{', '.join(DIMENSIONS)}]"]
        if d.brackets:
            keys.append("brackets = [" + ", ".join(f'"{low}-{high}"' for low, high in d.brackets) + "]")
        else:
            keys.append(f"periods = {d.periods}")
        if d.horizon is not None:
            keys.append(f"horizon = {d.horizon}")
        if d.cohorts is not None:
            keys.append(f"cohorts = {d.cohorts}")
        lines.append(f"  {name} {{ {', '.join(keys)} }}")
    lines += ["}", "engagement.streams = null", "engagement.streams {",
              "  core { events = core, units = [customer, user], grains = [week, month], new_by = first_activity,",
              f"    segment_dimensions = [{', '.join(DIMENSIONS)}] }}", "}",
              "engagement.lifecycle_periods {"]
    lines += [f"  {grain} = {periods}" for grain, periods in LIFECYCLE_PERIODS.items()] + ["}"]
    return "\n".join(lines) + "\n"


def _event(word: str) -> str:
    if word.startswith("feature:"):
        feature = word.removeprefix("feature:")
        return f"{{ events = [feature_used], where = [{{ property = feature, is = equals, value = {feature} }}] }}"
    return word


@dataclass(frozen=True)
class Dialect:
    """What a contender calls things: templates, filled in by the methods."""

    microseconds: str
    truncated: str
    difference: str
    months_later: str
    days_later: str
    value_of: str
    numbers: str

    def micros(self, at: str) -> str:
        return self.microseconds.format(at=at)

    def start(self, grain: str, day: str) -> str:
        return day if grain == "day" else self.truncated.format(grain=grain, day=day)

    def days_between(self, later: str, earlier: str) -> str:
        return self.difference.format(later=later, earlier=earlier)

    def later(self, grain: str, day: str, count: str) -> str:
        if grain == "month":
            return self.months_later.format(day=day, count=count)
        return self.days_later.format(day=day, count=f"{count} * {7 if grain == 'week' else 1}")

    def attribute(self, name: str) -> str:
        return self.value_of.format(name=name)

    def series(self, last: int) -> str:
        return self.numbers.format(count=last + 1)


DUCKDB = Dialect(
    microseconds="epoch_us({at})",
    truncated="CAST(date_trunc('{grain}', {day}) AS DATE)",
    difference="date_diff('day', {earlier}, {later})",
    months_later="CAST({day} + to_months(CAST({count} AS INTEGER)) AS DATE)",
    days_later="({day} + CAST({count} AS INTEGER))",
    value_of="map_extract(attributes, '{name}')[1]",
    numbers="(SELECT CAST(range AS INTEGER) AS k FROM range({count}))",
)
SPARK = Dialect(
    microseconds="unix_micros({at})",
    truncated="trunc({day}, '{grain}')",
    difference="datediff({later}, {earlier})",
    months_later="add_months({day}, CAST({count} AS INT))",
    days_later="date_add({day}, CAST({count} AS INT))",
    value_of="attributes['{name}']",
    numbers="(SELECT CAST(id AS INT) AS k FROM range({count}))",
)


def views(dialect, as_of: date) -> dict[str, str]:
    """
    What questions read besides raw_events, made once: `events` as they count, with merged ids as one and without the
    company's own, and what was known of customers, as versions. Needs raw_events, customers, users, aliases, mrr.
    """
    attributes = ", ".join(
        f"{dialect.attribute(name) if name == 'industry' else name} AS {name}" for name in DIMENSIONS)
    return {
        "events": f"""
            WITH own AS (SELECT customer_id AS id FROM customers WHERE is_internal AND is_current),
              own_users AS (SELECT user_id AS id FROM users WHERE is_internal AND is_current),
              counted AS (
                SELECT e.customer_id AS sent_customer, e.user_id AS sent_user,
                  coalesce(c.canonical_id, e.customer_id) AS customer_id,
                  coalesce(u.canonical_id, e.user_id) AS user_id,
                  e.event, e.feature, e.event_date, {dialect.micros('e.occurred_at')} AS at_us
                FROM raw_events e
                LEFT JOIN (SELECT * FROM aliases WHERE unit = 'customer') c ON c.alias_id = e.customer_id
                LEFT JOIN (SELECT * FROM aliases WHERE unit = 'user') u ON u.alias_id = e.user_id
                WHERE e.event_date <= DATE '{as_of}')
            SELECT customer_id, user_id, event, feature, event_date, at_us
            FROM counted e
            WHERE NOT EXISTS (SELECT 1 FROM own o WHERE o.id = e.sent_customer)
              AND NOT EXISTS (SELECT 1 FROM own o WHERE o.id = e.customer_id)
              AND NOT EXISTS (SELECT 1 FROM own_users o WHERE o.id = e.sent_user)
              AND NOT EXISTS (SELECT 1 FROM own_users o WHERE o.id = e.user_id)""",
        "properties": f"""
            SELECT customer_id AS id,
              CASE WHEN known_from = min(known_from) OVER (PARTITION BY customer_id) THEN DATE '0001-01-01'
                   ELSE known_from END AS valid_from,
              coalesce(known_until, DATE '9999-12-31') AS valid_until, {attributes}
            FROM customers""",
        "plans": """
            SELECT customer_id AS id, from_date AS valid_from,
              coalesce(until_date, DATE '9999-12-31') AS valid_until, plan AS subscribed_plan
            FROM mrr""",
    }


def _condition(word: str) -> str:
    if word == "core":
        return CORE
    if word == "any":
        return "1 = 1"
    return f"event = 'feature_used' AND feature = '{word.removeprefix('feature:')}'"


def _period(dialect, d: Definition, day: str, at: str) -> str:
    """The period of a return: a number, or for brackets that of the bracket."""
    if d.window == "rolling":
        return f"floor(({at} - m.birth_us) / {LENGTH_US[d.grain]})"
    if d.brackets:
        since = dialect.days_between(day, "m.birth_date")
        cases = [f"WHEN {since} < {d.brackets[0][0]} THEN 0"]
        cases += [f"WHEN {since} BETWEEN {low} AND {high} THEN {k}" for k, (low, high) in enumerate(d.brackets, 1)]
        return f"CASE {' '.join(cases)} END"
    if d.grain == "month":
        return f"(year({day}) - year(m.cohort)) * 12 + month({day}) - month(m.cohort)"
    length = 7 if d.grain == "week" else 1
    return f"floor({dialect.days_between(dialect.start(d.grain, day), 'm.cohort')} / {length})"


def _births(dialect, d: Definition, as_of: date) -> str:
    unit = f"{d.unit}_id"
    if d.start == "signup":
        return f"""
            SELECT unit, unit AS customer_id, min(birth_date) AS birth_date, CAST(NULL AS BIGINT) AS birth_us
            FROM (SELECT coalesce(a.canonical_id, c.customer_id) AS unit, c.signup_date AS birth_date
                  FROM customers c LEFT JOIN aliases a ON a.unit = 'customer' AND a.alias_id = c.customer_id
                  WHERE c.is_current AND NOT coalesce(c.is_internal, FALSE) AND c.signup_date <= DATE '{as_of}'
                    AND NOT EXISTS (SELECT 1 FROM customers o WHERE o.is_current AND o.is_internal
                                    AND o.customer_id = a.canonical_id)) told
            GROUP BY unit"""
    if d.start == "first_paid":
        return f"""
            SELECT customer_id AS unit, customer_id, start_date AS birth_date, CAST(NULL AS BIGINT) AS birth_us
            FROM spells s
            WHERE counting = 'snapshot' AND spell = 1 AND start_date <= DATE '{as_of}'
              AND NOT EXISTS (SELECT 1 FROM customers c
                              WHERE c.is_internal AND c.is_current AND c.customer_id = s.customer_id)"""
    by = "" if d.mode == "first_time" else f", {dialect.start(d.grain, 'event_date')}"
    return f"""
            SELECT {unit} AS unit, min_by(customer_id, at_us) AS customer_id, min(event_date) AS birth_date,
              min(at_us) AS birth_us
            FROM events WHERE {unit} IS NOT NULL AND {_condition(d.start)}
            GROUP BY {unit}{by}"""


def _properties() -> str:
    return ", ".join(
        "coalesce(s.subscribed_plan, c.plan, 'unknown') AS plan" if name == "plan"
        else f"coalesce(c.{name}, 'unknown') AS {name}" for name in DIMENSIONS)


def _known(of: str, day: str) -> str:
    """Joins what was known of a customer on a day."""
    return "\n".join(
        f"LEFT JOIN {table} {name} ON {name}.id = {of}.customer_id "
        f"AND {name}.valid_from <= {of}.{day} AND {name}.valid_until > {of}.{day}"
        for table, name in (("properties", "c"), ("plans", "s")))


def _by_segments(keys: list[str], of: str = "") -> tuple[str, str]:
    """The grouping sets, and the columns that say which segment a row is of."""
    names = {name: f"{of}{name}" for name in DIMENSIONS}
    sets = ", ".join([f"({', '.join(keys)})"] + [f"({', '.join(keys + [column])})" for column in names.values()])
    dimension = " ".join(f"WHEN grouping({column}) = 0 THEN '{name}'" for name, column in names.items())
    value = " ".join(f"WHEN grouping({column}) = 0 THEN {column}" for column in names.values())
    return sets, f"CASE {dimension} ELSE 'all' END AS segment_dimension, CASE {value} ELSE 'all' END AS segment_value"


def retention(dialect, name: str, as_of: date) -> str:
    """Every cell of a definition: cohort, segment, period, and the counts."""
    d = DEFINITIONS[name]
    unit = f"{d.unit}_id"
    today = f"DATE '{as_of}'"
    is_by_day = d.window == "calendar" and not d.brackets and d.grain in ("week", "month")
    is_later = "e.event_date > m.birth_date" if is_by_day else (
        "(e.event_date > m.birth_date OR e.at_us > m.birth_us)")
    shown = ""
    if d.cohorts is not None:
        shown = f"WHERE b.birth_date >= DATE '{as_of - timedelta(days=d.cohorts - 1)}'"
    longest = d.horizon if d.horizon is not None else d.periods
    is_open = d.counting == "on_or_after" and d.horizon is None
    in_reach = "k IS NOT NULL" if is_open else f"k <= {longest}"
    having = "" if d.min_occurrences == 1 else f"HAVING count(*) >= {d.min_occurrences}"
    calendar, has_lived = "", "TRUE"
    if d.window == "rolling":
        end = f"(SELECT first_us FROM days WHERE day = DATE '{as_of + timedelta(days=1)}')"
        calendar = "JOIN days d ON d.day = p.cohort"
        has_begun = f"d.first_us + p.k * {LENGTH_US[d.grain]} < {end}"
        has_lived = f"m.birth_us + (p.k + 1) * {LENGTH_US[d.grain]} <= {end}"
    elif d.brackets:
        froms = " ".join(f"WHEN {k} THEN {low}" for k, (low, _) in enumerate(d.brackets, 1))
        has_begun = f"{dialect.days_between(today, 'p.cohort')} >= CASE p.k {froms} ELSE 0 END"
    else:
        has_begun = f"{dialect.later(d.grain, 'p.cohort', 'p.k')} <= {today}"
    if d.counting == "on_or_after":     # the last return tells all periods up to it
        backs = "SELECT unit, cohort, max(k) AS k FROM returned WHERE k > 0 GROUP BY unit, cohort"
        is_back = "b.k >= p.k"
    else:
        backs = "SELECT unit, cohort, k FROM returned WHERE k > 0"
        is_back = "b.k = p.k"
    sets, segment = _by_segments(["m.cohort", "p.k"], "m.")
    return f"""
      WITH births AS ({_births(dialect, d, as_of)}),
        members AS (
          SELECT b.unit, b.birth_date, b.birth_us, {dialect.start(d.grain, 'b.birth_date')} AS cohort, {_properties()}
          FROM births b
          {_known('b', 'birth_date')}
          {shown}),
        returned AS (
          SELECT unit, cohort, k FROM (
            SELECT m.unit, m.cohort, CAST({_period(dialect, d, 'e.event_date', 'e.at_us')} AS BIGINT) AS k
            FROM members m JOIN events e ON e.{unit} = m.unit AND {is_later}
            WHERE {_condition(d.back)}) each
          WHERE {in_reach}
          GROUP BY unit, cohort, k {having}),
        backs AS ({backs}),
        starts AS (SELECT unit, cohort FROM returned WHERE k = 0),
        periods AS (
          SELECT p.cohort, p.k
          FROM (SELECT cohort, k FROM (SELECT DISTINCT cohort FROM members) c CROSS JOIN {dialect.series(d.periods)} s) p
          {calendar}
          WHERE {has_begun})
      SELECT '{name}' AS definition, m.cohort, {segment}, CAST(p.k AS BIGINT) AS period,
        count(*) AS cohort_size,
        sum(CASE WHEN {has_lived} THEN 1 ELSE 0 END) AS lived_through,
        sum(CASE WHEN {has_lived} AND (p.k = 0 OR b.unit IS NOT NULL) THEN 1 ELSE 0 END) AS retained,
        sum(CASE WHEN p.k = 0 THEN CASE WHEN s.unit IS NOT NULL THEN 1 ELSE 0 END END) AS returns_in_start
      FROM members m
      JOIN periods p ON p.cohort = m.cohort
      LEFT JOIN backs b ON p.k > 0 AND b.unit = m.unit AND b.cohort = m.cohort AND {is_back}
      LEFT JOIN starts s ON p.k = 0 AND s.unit = m.unit AND s.cohort = m.cohort
      GROUP BY GROUPING SETS ({sets})"""


def customer_days(dialect, as_of: date) -> str:
    """Sessions count on the day on which they start; ids are as they were sent."""
    timed = dialect.micros("occurred_at")
    return f"""
      WITH days AS (
          SELECT customer_id, event_date, count(*) AS events,
            count(DISTINCT CASE WHEN {CORE} THEN user_id END) AS active_users,
            count(DISTINCT feature) AS features_used
          FROM raw_events WHERE customer_id IS NOT NULL AND event_date <= DATE '{as_of}'
          GROUP BY customer_id, event_date),
        named AS (
          SELECT customer_id, session_id, min(event_date) AS event_date
          FROM raw_events
          WHERE session_id IS NOT NULL AND occurred_at IS NOT NULL AND event_date <= DATE '{as_of}'
          GROUP BY customer_id, session_id),
        paused AS (
          SELECT customer_id, event_date, {timed} - lag({timed}) OVER (
            PARTITION BY customer_id, user_id ORDER BY occurred_at) AS pause
          FROM raw_events
          WHERE session_id IS NULL AND occurred_at IS NOT NULL AND event_date <= DATE '{as_of}'),
        sessions AS (
          SELECT customer_id, event_date, count(*) AS sessions
          FROM (SELECT customer_id, event_date FROM named
                UNION ALL SELECT customer_id, event_date FROM paused
                WHERE pause IS NULL OR pause > 1800000000) each
          GROUP BY customer_id, event_date)
      SELECT d.customer_id, d.event_date, d.events, d.active_users, d.features_used,
        coalesce(s.sessions, 0) AS sessions
      FROM days d LEFT JOIN sessions s ON s.customer_id = d.customer_id AND s.event_date = d.event_date"""


def feature_days(_, as_of: date) -> str:
    return f"""
      SELECT customer_id, feature, event_date, count(*) AS events, sum(quantity) AS quantity
      FROM raw_events
      WHERE customer_id IS NOT NULL AND feature IS NOT NULL AND event_date <= DATE '{as_of}'
      GROUP BY customer_id, feature, event_date"""


def _segmented(rows: str) -> str:
    """Units with what is known of their customers on their known_date."""
    return f"SELECT r.*, {_properties()} FROM ({rows}) r {_known('r', 'known_date')}"


def lifecycle(dialect, unit: str, grain: str, as_of: date) -> str:
    start = dialect.start(grain, "event_date")
    this = dialect.start(grain, f"DATE '{as_of}'")
    following = dialect.later(grain, "period_start", "1")
    shown = dialect.later(grain, this, f"(-{LIFECYCLE_PERIODS[grain] - 1})")
    sets, segment = _by_segments(["period_start"])
    rows = f"""
        SELECT unit, customer_id, period_start, state,
          CASE WHEN {following} > DATE '{as_of}' THEN DATE '{as_of}' ELSE {dialect.later('day', following, '(-1)')} END
            AS known_date
        FROM (SELECT unit, customer_id, period_start,
                CASE WHEN first_start = period_start THEN 'new'
                     WHEN {dialect.later(grain, 'before_start', '1')} = period_start THEN 'returning'
                     ELSE 'resurrecting' END AS state
              FROM ordered
              UNION ALL
              SELECT unit, customer_id, {following} AS period_start, 'dormant' AS state
              FROM ordered
              WHERE {following} <= {this} AND (after_start IS NULL OR after_start > {following})) each
        WHERE period_start >= {shown}"""
    return f"""
      WITH active AS (
          SELECT {unit}_id AS unit, {start} AS period_start, max_by(customer_id, at_us) AS customer_id
          FROM events WHERE {unit}_id IS NOT NULL AND {CORE} GROUP BY {unit}_id, {start}),
        ordered AS (
          SELECT *, min(period_start) OVER (PARTITION BY unit) AS first_start,
            lag(period_start) OVER (PARTITION BY unit ORDER BY period_start) AS before_start,
            lead(period_start) OVER (PARTITION BY unit ORDER BY period_start) AS after_start
          FROM active)
      SELECT '{unit}' AS unit, '{grain}' AS grain, period_start, {segment},
        sum(CASE WHEN state <> 'dormant' THEN 1 ELSE 0 END) AS active_units,
        sum(CASE WHEN state = 'new' THEN 1 ELSE 0 END) AS new_units,
        sum(CASE WHEN state = 'returning' THEN 1 ELSE 0 END) AS returning_units,
        sum(CASE WHEN state = 'resurrecting' THEN 1 ELSE 0 END) AS resurrecting_units,
        sum(CASE WHEN state = 'dormant' THEN 1 ELSE 0 END) AS dormant_units
      FROM ({_segmented(rows)}) segmented
      GROUP BY GROUPING SETS ({sets})"""


def engagement(_, unit: str, as_of: date) -> str:
    sets, segment = _by_segments([])
    rows = f"""
        SELECT {unit}_id AS unit, max_by(customer_id, at_us) AS customer_id,
          max(CASE WHEN event_date = DATE '{as_of}' THEN 1 ELSE 0 END) AS is_1d,
          max(CASE WHEN event_date > DATE '{as_of - timedelta(days=7)}' THEN 1 ELSE 0 END) AS is_7d,
          count(DISTINCT event_date) AS active_days, DATE '{as_of}' AS known_date
        FROM events
        WHERE {unit}_id IS NOT NULL AND {CORE} AND event_date > DATE '{as_of - timedelta(days=28)}'
        GROUP BY {unit}_id"""
    return f"""
      SELECT '{unit}' AS unit, {segment}, sum(is_1d) AS active_units_1d, sum(is_7d) AS active_units_7d,
        count(*) AS active_units_28d, sum(active_days) AS active_unit_days_28d
      FROM ({_segmented(rows)}) segmented
      GROUP BY GROUPING SETS ({sets})"""


def all_of(dialect, as_of: date, definitions=tuple(DEFINITIONS)) -> dict[str, str]:
    """Every question by its name, in SQL."""
    questions = {"customer_days": customer_days(dialect, as_of), "feature_days": feature_days(dialect, as_of)}
    for name in definitions:
        questions[f"retention.{name}"] = retention(dialect, name, as_of)
    for unit in ("customer", "user"):
        for grain in LIFECYCLE_PERIODS:
            questions[f"lifecycle.{unit}.{grain}"] = lifecycle(dialect, unit, grain, as_of)
        questions[f"engagement.{unit}"] = engagement(dialect, unit, as_of)
    return questions
