"""The same metrics as programs in pandas, polars and duckdb: what somebody would write who has the tables in frames.

Each program takes its frames, which are loaded before anything is timed, and gives the figures under names that all
sides share, so that they can be compared. Days are fractions of days by the time that passes; amounts are minor units.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from generated_deals import (
    ALL_STAGES,
    COMPETITORS,
    DAY,
    KINDS,
    NEVER,
    NOW,
    OBJECTION_STATUS,
    OUTCOMES,
    OWNERS,
    REASONS,
    ROTS_AFTER,
    SOURCES,
    STAGES,
    START,
    TASK_STATUS,
    TEAMS,
    Columns,
)

Figures = dict[str, object]

NAMES = {
    "owner": OWNERS,
    "team": TEAMS,
    "source": SOURCES,
    "outcome": OUTCOMES,
    "stage": ALL_STAGES,
    "next": ALL_STAGES,
    "loss_reason": REASONS,
    "win_reason": REASONS,
    "competitor": COMPETITORS,
    "kind": KINDS,
}
MOMENTS = ("opened", "closed", "entered", "left", "raised", "settled", "created", "due", "done")
NOW_US = np.datetime64(NOW.replace(tzinfo=None), "us")


def decoded(table: dict[str, np.ndarray], status: tuple[str, ...] = ()) -> dict[str, object]:
    """The columns of a table with moments as moments; names stay numbers."""
    found: dict[str, object] = {}
    for name, values in table.items():
        if name in MOMENTS:
            at = START + values.astype("timedelta64[us]")
            found[name] = np.where(values == NEVER, np.datetime64("NaT", "us"), at)
        else:
            found[name] = values
    return found


def pandas_frames(table: Columns) -> dict[str, object]:
    import pandas as pd

    frames = {}
    for part in ("deals", "visits", "objections", "tasks"):
        columns = decoded(getattr(table, part))
        for name, values in columns.items():
            names = _names(part, name)
            if names:
                columns[name] = pd.Categorical.from_codes(values, list(names))
        frames[part] = pd.DataFrame(columns)
    return frames


def _names(part: str, column: str) -> tuple[str, ...]:
    if column == "status":
        return OBJECTION_STATUS if part == "objections" else TASK_STATUS
    return NAMES.get(column, ())


def in_pandas(frames: dict[str, object]) -> Figures:
    """All metrics in pandas."""
    import pandas as pd

    deals, visits = frames["deals"], frames["visits"]
    objections, tasks = frames["objections"], frames["tasks"]
    day = pd.Timedelta(days=1)
    is_won, is_lost, is_open = (deals.outcome == one for one in ("won", "lost", "open"))
    won, closed = deals[is_won], deals[~is_open]
    figures: Figures = {"win rate": is_won.sum() / len(closed), "win rate of all": is_won.mean()}
    figures["win rate by value"] = won.amount.sum() / closed.amount.sum()
    figures["average deal"], figures["median deal"] = won.amount.mean(), won.amount.median()

    cycle = (won.closed - won.opened) / day
    figures["cycle"], figures["median cycle"] = cycle.mean(), cycle.median()
    days = np.busday_count(
        won.opened.to_numpy("datetime64[D]"), won.closed.to_numpy("datetime64[D]") + np.timedelta64(1, "D")
    )
    figures["working cycle"], figures["median working cycle"] = days.mean(), np.median(days)

    stays = visits[~visits.stage.isin(["won", "lost"])]
    lengths = (stays.left.fillna(NOW_US) - stays.entered) / day
    running = lengths >= 0
    per_deal = lengths[running].groupby([stays.stage[running].cat.codes, stays.deal[running]], observed=True).sum()
    in_stage = per_deal.groupby(level=0)
    figures["time in stage"] = dict(zip(STAGES, in_stage.mean(), strict=True))
    figures["median time in stage"] = dict(zip(STAGES, in_stage.median(), strict=True))

    open_codes = visits.stage.cat.codes.where(visits.stage != "lost", -1)
    furthest = open_codes.groupby(visits.deal).max()
    reached = furthest.value_counts().reindex(range(7), fill_value=0)[::-1].cumsum()[::-1]
    figures["funnel"] = reached.tolist()
    lost_at = furthest[is_lost.to_numpy()].value_counts().reindex(range(7), fill_value=0)
    figures["lost in funnel"] = lost_at.tolist()

    ended = visits[visits.left.notna()]
    figures["conversion"] = ended.groupby(["stage", "next"], observed=True).size().to_dict()

    figures["velocity"] = is_open.sum() * won.amount.mean() * (is_won.sum() / len(closed)) / cycle.mean()

    figures["loss reasons"] = deals.loss_reason[is_lost].value_counts(normalize=True).to_dict()
    figures["win reasons"] = deals.win_reason[is_won].value_counts(normalize=True).to_dict()
    figures["competitors"] = deals.competitor[is_lost].value_counts(normalize=True).to_dict()

    by_kind = objections.groupby("kind", observed=True)
    settled = objections.status.isin(["resolved", "standing", "withdrawn"])
    resolved = objections.status == "resolved"
    figures["resolution rate"] = (
        resolved.groupby(objections.kind, observed=True).sum() / settled.groupby(objections.kind, observed=True).sum()
    ).to_dict()
    times = ((objections.settled - objections.raised) / day)[resolved].groupby(objections.kind, observed=True)
    figures["time to resolve"], figures["median time to resolve"] = times.mean().to_dict(), times.median().to_dict()
    of_deals = (
        objections[["deal", "kind"]].drop_duplicates().merge(deals[["id", "outcome"]], left_on="deal", right_on="id")
    )
    of_deals = of_deals[of_deals.outcome != "open"]
    figures["win rate after objections"] = (
        (of_deals.outcome == "won").groupby(of_deals.kind, observed=True).mean().to_dict()
    )
    del by_kind

    open_deals = deals[is_open]
    limits = open_deals.stage.map(ROTS_AFTER).astype("timedelta64[us]")
    figures["rotting"] = int(((NOW_US - open_deals.entered) > limits).sum())
    figures["no next step"] = int((open_deals.has_next_step == 0).sum())
    figures["pushed"], figures["pushes"] = int((open_deals.pushes > 0).sum()), int(open_deals.pushes.sum())

    counted = tasks[tasks.status != "canceled"]
    short = counted.due - counted.created <= pd.Timedelta(days=7)
    on_time, done = counted.done <= counted.due, counted.status == "done"
    overdue = (counted.status == "open") & (counted.due < NOW_US)
    for name, term in (("short", short), ("long", ~short)):
        figures[f"{name}-term on time"] = (on_time & term).sum() / ((done | overdue) & term).sum()

    by_source = deals.assign(
        won=is_won, closed_=~is_open, won_amount=deals.amount.where(is_won, 0), cycle=cycle
    ).groupby("source", observed=True)
    sources = by_source.agg(
        won=("won", "sum"), closed=("closed_", "sum"), amount=("won_amount", "sum"), cycle=("cycle", "mean")
    )
    figures["win rate by source"] = (sources.won / sources.closed).to_dict()
    figures["won by source"], figures["cycle by source"] = sources.amount.to_dict(), sources.cycle.to_dict()
    figures["win rate by owner"] = (closed.outcome == "won").groupby(closed.owner, observed=True).mean().to_dict()
    figures["won by month"] = won.amount.groupby(won.closed.dt.strftime("%Y-%m")).sum().to_dict()
    return figures


def polars_frames(table: Columns) -> dict[str, object]:
    import polars as pl

    frames = {}
    for part in ("deals", "visits", "objections", "tasks"):
        columns = decoded(getattr(table, part))
        made = {}
        for name, values in columns.items():
            names = _names(part, name)
            if names:
                codes = pl.Series(values.astype(np.int64))
                texts = pl.Series(list(names), dtype=pl.String)
                picked = texts.gather(pl.select(pl.when(codes >= 0).then(codes)).to_series())
                made[name] = picked.cast(pl.Enum(list(names)))
            else:
                made[name] = pl.Series(values)
        frames[part] = pl.DataFrame(made)
    return frames


def in_polars(frames: dict[str, object]) -> Figures:
    """All metrics in polars."""
    import polars as pl

    col = pl.col
    deals, visits = frames["deals"], frames["visits"]
    objections, tasks = frames["objections"], frames["tasks"]
    won, closed = deals.filter(col("outcome") == "won"), deals.filter(col("outcome") != "open")
    now = pl.lit(NOW_US)

    def days(later, earlier):
        return (later - earlier).dt.total_microseconds() / DAY

    figures: Figures = {"win rate": len(won) / len(closed), "win rate of all": len(won) / len(deals)}
    figures["win rate by value"] = won["amount"].sum() / closed["amount"].sum()
    figures["average deal"], figures["median deal"] = won["amount"].mean(), won["amount"].median()
    one = won.select(
        days(col("closed"), col("opened")).alias("cycle"),
        pl.business_day_count(col("opened").dt.date(), col("closed").dt.date().dt.offset_by("1d")).alias("working"),
    )
    figures["cycle"], figures["median cycle"] = one["cycle"].mean(), one["cycle"].median()
    figures["working cycle"], figures["median working cycle"] = one["working"].mean(), one["working"].median()

    in_stage = (
        visits.filter(~col("stage").cast(pl.String).is_in(["won", "lost"]))
        .select("deal", "stage", days(col("left").fill_null(now), col("entered")).alias("days"))
        .filter(col("days") >= 0)
        .group_by("stage", "deal")
        .agg(col("days").sum())
        .group_by("stage")
        .agg(col("days").mean().alias("mean"), col("days").median().alias("median"))
    )
    figures["time in stage"] = _pairs(in_stage, "stage", "mean")
    figures["median time in stage"] = _pairs(in_stage, "stage", "median")

    place = pl.when(col("stage") != "lost").then(col("stage").to_physical())
    furthest = visits.group_by("deal").agg(place.max().alias("place"))
    outcomes = furthest.join(deals.select("id", "outcome"), left_on="deal", right_on="id")
    counts = _pairs(furthest.group_by("place").len(), "place", "len")
    figures["funnel"] = [sum(counts.get(later, 0) for later in range(place, 7)) for place in range(7)]
    lost = _pairs(outcomes.filter(col("outcome") == "lost").group_by("place").len(), "place", "len")
    figures["lost in funnel"] = [lost.get(place, 0) for place in range(7)]
    ways = visits.filter(col("left").is_not_null()).group_by("stage", "next").len()
    figures["conversion"] = {(a, b): n for a, b, n in ways.iter_rows()}
    open_deals = deals.filter(col("outcome") == "open")
    figures["velocity"] = len(open_deals) * won["amount"].mean() * (len(won) / len(closed)) / one["cycle"].mean()
    for name, column, of in (
        ("loss reasons", "loss_reason", "lost"),
        ("win reasons", "win_reason", "won"),
        ("competitors", "competitor", "lost"),
    ):
        of_these = deals.filter(col("outcome") == of)
        figures[name] = _pairs(
            of_these.group_by(column).agg((pl.len() / len(of_these)).alias("share")), column, "share"
        )

    resolved = col("status") == "resolved"
    by_kind = objections.group_by("kind").agg(
        (resolved.sum() / col("status").cast(pl.String).is_in(["resolved", "standing", "withdrawn"]).sum()).alias(
            "rate"
        ),
        days(col("settled"), col("raised")).filter(resolved).mean().alias("mean"),
        days(col("settled"), col("raised")).filter(resolved).median().alias("median"),
    )
    figures["resolution rate"] = _pairs(by_kind, "kind", "rate")
    figures["time to resolve"] = _pairs(by_kind, "kind", "mean")
    figures["median time to resolve"] = _pairs(by_kind, "kind", "median")
    after = (
        objections.select("deal", "kind")
        .unique()
        .join(closed.select("id", "outcome"), left_on="deal", right_on="id")
        .group_by("kind")
        .agg((col("outcome") == "won").mean().alias("rate"))
    )
    figures["win rate after objections"] = _pairs(after, "kind", "rate")

    limit = col("stage").cast(pl.String).replace_strict(ROTS_AFTER, return_dtype=pl.Duration("us"))
    figures["rotting"] = open_deals.select(((now - col("entered")) > limit).sum()).item()
    figures["no next step"] = open_deals.select((col("has_next_step") == 0).sum()).item()
    figures["pushed"] = open_deals.select((col("pushes") > 0).sum()).item()
    figures["pushes"] = open_deals["pushes"].sum()

    on_time, done = col("done") <= col("due"), col("status") == "done"
    overdue = (col("status") == "open") & (col("due") < now)
    short = (col("due") - col("created")) <= pl.duration(days=7)
    terms = tasks.filter(col("status") != "canceled").select(
        *(
            ((on_time & term).sum() / ((done | overdue) & term).sum()).alias(f"{name}-term on time")
            for name, term in (("short", short), ("long", ~short))
        )
    )
    figures.update(terms.row(0, named=True))

    is_won = col("outcome") == "won"
    sources = deals.group_by("source").agg(
        (is_won.sum() / (col("outcome") != "open").sum()).alias("rate"),
        col("amount").filter(is_won).sum().alias("amount"),
        days(col("closed"), col("opened")).filter(is_won).mean().alias("cycle"),
    )
    figures["win rate by source"] = _pairs(sources, "source", "rate")
    figures["won by source"] = _pairs(sources, "source", "amount")
    figures["cycle by source"] = _pairs(sources, "source", "cycle")
    owners = closed.group_by("owner").agg(is_won.mean().alias("rate"))
    figures["win rate by owner"] = _pairs(owners, "owner", "rate")
    months = won.group_by(col("closed").dt.strftime("%Y-%m").alias("month")).agg(col("amount").sum())
    figures["won by month"] = _pairs(months, "month", "amount")
    return figures


def _pairs(frame, key: str, value: str) -> dict[object, object]:
    return dict(zip(frame[key].to_list(), frame[value].to_list(), strict=True))


def duckdb_tables(table: Columns) -> object:
    import duckdb

    connection = duckdb.connect()
    for part, frame in polars_frames(table).items():
        connection.register("frame", frame.to_arrow())
        connection.execute(f"create table {part} as select * from frame")
        connection.unregister("frame")
    return connection


def _days(later: str, earlier: str) -> str:
    return f"(epoch_us({later}) - epoch_us({earlier})) / {DAY}.0"


def in_duckdb(connection) -> Figures:
    """All metrics in SQL, on duckdb."""
    now = f"timestamp '{NOW:%Y-%m-%d}'"
    cycle = _days("closed", "opened")
    working = _working_days("opened::date", "closed::date")

    def rows(query):
        return connection.execute(query).fetchall()

    def pairs(query):
        return {row[0]: row[1] for row in rows(query)}

    figures: Figures = {}
    one = rows(f"""
        select count(*) filter (outcome = 'won') / count(*) filter (outcome <> 'open'),
            count(*) filter (outcome = 'won') / count(*),
            sum(amount) filter (outcome = 'won') / sum(amount) filter (outcome <> 'open'),
            avg(amount) filter (outcome = 'won'), median(amount) filter (outcome = 'won'),
            avg({cycle}) filter (outcome = 'won'), median({cycle}) filter (outcome = 'won'),
            avg({working}) filter (outcome = 'won'), median({working}) filter (outcome = 'won'),
            count(*) filter (outcome = 'open' and has_next_step = 0), count(*) filter (outcome = 'open' and pushes > 0),
            sum(pushes) filter (outcome = 'open'), count(*) filter (outcome = 'open')
        from deals""")[0]
    names = ("win rate", "win rate of all", "win rate by value", "average deal", "median deal", "cycle", "median cycle")
    more = ("working cycle", "median working cycle", "no next step", "pushed", "pushes", "open")
    figures.update(zip((*names, *more), one, strict=True))
    figures["velocity"] = figures.pop("open") * figures["average deal"] * figures["win rate"] / figures["cycle"]

    length = _days(f'coalesce("left", {now})', "entered")
    in_stage = rows(f"""
        with lengths as (
            select stage, deal, {length} as days from visits
            where stage not in ('won', 'lost')),
        per_deal as (select stage, deal, sum(days) as days from lengths where days >= 0 group by all)
        select stage, avg(days), median(days) from per_deal group by stage""")
    figures["time in stage"] = {stage: mean for stage, mean, _ in in_stage}
    figures["median time in stage"] = {stage: median for stage, _, median in in_stage}

    places = " ".join(f"when '{stage}' then {place}" for place, stage in enumerate(ALL_STAGES[:-1]))
    funnel = rows(f"""
        with furthest as (select deal, max(case stage {places} end) as place from visits group by deal)
        select place, count(*), count(*) filter (outcome = 'lost') from furthest join deals on id = deal group by place""")
    reached = {place: count for place, count, _ in funnel}
    lost = {place: count for place, _, count in funnel}
    figures["funnel"] = [sum(reached.get(later, 0) for later in range(place, 7)) for place in range(7)]
    figures["lost in funnel"] = [lost.get(place, 0) for place in range(7)]
    ways = rows('select stage, next, count(*) from visits where "left" is not null group by all')
    figures["conversion"] = {(stage, following): count for stage, following, count in ways}
    for name, column, of in (
        ("loss reasons", "loss_reason", "lost"),
        ("win reasons", "win_reason", "won"),
        ("competitors", "competitor", "lost"),
    ):
        figures[name] = pairs(
            f"select {column}, count(*) / sum(count(*)) over () from deals where outcome = '{of}' group by all"
        )

    days = _days("settled", "raised")
    by_kind = rows(f"""
        select kind, count(*) filter (status = 'resolved')
                / count(*) filter (status in ('resolved', 'standing', 'withdrawn')),
            avg({days}) filter (status = 'resolved'), median({days}) filter (status = 'resolved')
        from objections group by kind""")
    for place, name in enumerate(("resolution rate", "time to resolve", "median time to resolve"), start=1):
        figures[name] = {row[0]: row[place] for row in by_kind}
    figures["win rate after objections"] = pairs("""
        select kind, avg((outcome = 'won')::int) from (select distinct deal, kind from objections)
        join deals on id = deal where outcome <> 'open' group by kind""")

    limits = " ".join(f"when '{stage}' then {limit.days}" for stage, limit in ROTS_AFTER.items())
    (figures["rotting"],) = rows(f"""
        select count(*) from deals
        where outcome = 'open' and {_days(now, "entered")} > case stage {limits} end""")[0]
    for name, sign in (("short", "<="), ("long", ">")):
        (figures[f"{name}-term on time"],) = rows(f"""
            select count(*) filter (done <= due) / count(*) filter (status = 'done' or due < {now})
            from tasks where status <> 'canceled' and due - created {sign} interval 7 day""")[0]

    sources = rows(f"""
        select source, count(*) filter (outcome = 'won') / count(*) filter (outcome <> 'open'),
            sum(amount) filter (outcome = 'won'), avg({cycle}) filter (outcome = 'won')
        from deals group by source""")
    for place, name in enumerate(("win rate by source", "won by source", "cycle by source"), start=1):
        figures[name] = {row[0]: row[place] for row in sources}
    figures["win rate by owner"] = pairs(
        "select owner, avg((outcome = 'won')::int) from deals where outcome <> 'open' group by owner"
    )
    figures["won by month"] = pairs(
        "select strftime(closed, '%Y-%m'), sum(amount) from deals where outcome = 'won' group by all"
    )
    return figures


def _working_days(first: str, last: str) -> str:
    """Monday to Friday from one day to another, both included: whole weeks, and the rest by the day of the week."""
    monday = "date '2001-01-01'"

    def before(days: str) -> str:
        return f"(({days}) // 7 * 5 + least(({days}) % 7, 5))"

    return f"{before(f'{last} + 1 - {monday}')} - {before(f'{first} - {monday}')}"


PEERS: dict[str, tuple[Callable[[Columns], object], Callable[[object], Figures]]] = {
    "pandas": (pandas_frames, in_pandas),
    "polars": (polars_frames, in_polars),
    "duckdb": (duckdb_tables, in_duckdb),
}
