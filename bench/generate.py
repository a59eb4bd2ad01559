"""Generate a seeded log of customer events and a workspace that reads it.

    python bench/generate.py FOLDER EVENTS [--seed 7] [--source csv|parquet]

About 76 touches an account, more for larger firms; 211 days, 7 stages, 7 teams, 4 channels, 24 activities, 3 segments;
six touches in a hundred step back a stage, nearly half of the accounts drop out, the others are cut off by the end.
Events are written in order of arrival, as an export would have them; those of one instant in one order everywhere.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

STAGES: dict[str, tuple[str, tuple[str, ...]]] = {  # stage -> its usual team, its activities from frequent to rare
    "awareness": ("marketing", ("ad clicked", "newsletter opened", "webinar attended", "form filled")),
    "qualification": ("development", ("call made", "need confirmed", "meeting booked")),
    "evaluation": ("sales", ("demo held", "trial used", "technical review", "proposal sent")),
    "negotiation": ("sales", ("quote sent", "redline received", "approval given", "contract signed")),
    "onboarding": ("delivery", ("kickoff held", "training held", "went live")),
    "adoption": ("success", ("ticket opened", "ticket closed", "usage reviewed")),
    "renewal": ("success", ("renewal quoted", "upsell offered", "renewal signed")),
}
ACTIVITIES = [activity for _, activities in STAGES.values() for activity in activities]
TEAMS = ["marketing", "development", "sales", "presales", "legal", "delivery", "success"]
CHANNELS = ["email", "call", "web", "meeting"]
SEGMENTS = ["enterprise", "mid-market", "small"]

TOUCHES = 76
DAYS = 211
DAY_US = 86_400_000_000
BEGIN_US = 1_735_689_600_000_000  # 2025-01-01 UTC
ACCOUNTS_AT_ONCE = 20_000
HERE = Path(__file__).parent

_FIRST_ACTIVITY = np.cumsum([0, *(len(activities) for _, activities in STAGES.values())])[:-1]
_ACTIVITIES_OF = np.array([len(activities) for _, activities in STAGES.values()])
_USUAL_TEAM = np.array([TEAMS.index(team) for team, _ in STAGES.values()])

Columns = dict[str, NDArray[np.int64]]


def accounts_and_events(accounts: int, seed: int) -> Iterator[tuple[Columns, Columns]]:
    """Yield (accounts, events) as codes, some thousand accounts at a time; events by account and time."""
    rng = np.random.default_rng(seed)
    for first in range(0, accounts, ACCOUNTS_AT_ONCE):
        yield _some(rng, first, min(ACCOUNTS_AT_ONCE, accounts - first))


def _some(rng: np.random.Generator, first: int, count: int) -> tuple[Columns, Columns]:
    segment = rng.choice(3, count, p=[0.12, 0.33, 0.55])
    touches = rng.lognormal(np.log(TOUCHES) - 0.4, 0.9, count) * np.array([1.5, 1.1, 0.83])[segment]
    deepest = np.minimum(rng.geometric(0.22, count) - 1, 6)
    begin = rng.uniform(0, 150, count)
    end = np.maximum(DAYS - rng.exponential(6, count), begin + 1)
    end = np.where(rng.random(count) < 0.45, begin + (end - begin) * rng.beta(2, 2, count), end)
    shares = rng.gamma(1.2, 1.0, (count, 7)) * (np.arange(7) <= deepest[:, None])
    until = np.cumsum(shares, axis=1) / shares.sum(axis=1, keepdims=True)

    account = np.repeat(np.arange(count), np.clip(touches, 2, 4000).astype(np.int64))
    place = _bursts(rng, len(account))  # within the life of the account, 0..1
    stage = np.zeros(len(account), np.int64)
    for column in range(6):
        stage += place > until[account, column]
    stage = np.minimum(stage, deepest[account])
    stage -= (rng.random(len(account)) < 0.06) & (stage > 0)
    at = BEGIN_US + ((begin[account] + place * (end - begin)[account]) * DAY_US).astype(np.int64)
    rank = np.minimum(rng.geometric(0.5, len(account)) - 1, _ACTIVITIES_OF[stage] - 1)
    other_team = rng.random(len(account)) < 0.17
    order = np.lexsort((at, account))
    events = {
        "account": account + first,
        "at": at,
        "activity": _FIRST_ACTIVITY[stage] + rank,
        "team": np.where(other_team, (_USUAL_TEAM[stage] + 1) % len(TEAMS), _USUAL_TEAM[stage]),
        "channel": rng.choice(4, len(account), p=[0.46, 0.21, 0.24, 0.09]),
    }
    return {"account": np.arange(first, first + count), "segment": segment}, {
        name: column[order] for name, column in events.items()
    }


def _bursts(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """A third of the touches come close together, at one of fifteen moments of an account's life."""
    place = rng.random(count)
    burst = np.round(place * 14) / 14 * 0.996 + rng.random(count) * 0.004
    return np.where(rng.random(count) < 0.35, burst, place)


def write_log(folder: Path, events: int, *, seed: int, source: str) -> None:
    """Write the events as CSV and as Parquet, the accounts, the workspace files and log.json with the counts.

    source  csv | parquet: which of the two the workspace loads
    """
    parts = folder / "parts"
    (folder / "exports").mkdir(parents=True, exist_ok=True)
    shutil.copytree(HERE / "workspace", folder, dirs_exist_ok=True)
    described = folder / "sources" / "events.yaml"
    described.write_text(described.read_text().replace("events.csv", f"events.{source}"))
    parts.mkdir(exist_ok=True)
    database = duckdb.connect()
    accounts = max(1, round(events / TOUCHES))
    for number, (firm, log) in enumerate(accounts_and_events(accounts, seed)):
        _keep(database, firm, parts / f"accounts{number:05d}.parquet")
        _keep(database, log, parts / f"events{number:05d}.parquet")
    database.execute(_copy_accounts(folder))
    database.execute(_copy_events(folder, "parquet", "FORMAT parquet, COMPRESSION zstd"))
    database.execute(_copy_events(folder, "csv", "FORMAT csv, HEADER"))
    (written,) = database.execute(f"SELECT count(*) FROM '{folder}/parts/events*.parquet'").fetchall()[0]
    shutil.rmtree(parts)
    (folder / "log.json").write_text(
        json.dumps({"events": written, "accounts": accounts, "seed": seed, "source": source})
    )
    print(f"{written:,} events of {accounts:,} accounts in {folder}")


def _keep(database: duckdb.DuckDBPyConnection, columns: Columns, path: Path) -> None:
    database.register("columns_now", columns)
    database.execute(f"COPY columns_now TO '{path}' (FORMAT parquet)")
    database.unregister("columns_now")


def _copy_accounts(folder: Path) -> str:
    return f"""
    COPY (SELECT printf('A-%08d', account) AS account, {_texts(SEGMENTS)}[segment + 1] AS segment
          FROM '{folder}/parts/accounts*.parquet' ORDER BY 1)
    TO '{folder}/exports/accounts.csv' (HEADER)"""


def _copy_events(folder: Path, form: str, options: str) -> str:
    return f"""
    COPY (SELECT printf('A-%08d', account) AS account, make_timestamp(log.at) AS "at",
                 {_texts(ACTIVITIES)}[activity + 1] AS activity, {_texts(TEAMS)}[team + 1] AS team,
                 {_texts(CHANNELS)}[channel + 1] AS channel
          FROM '{folder}/parts/events*.parquet' AS log ORDER BY log.at, log.account, activity, team, channel)
    TO '{folder}/exports/events.{form}' ({options})"""


def _texts(names: list[str]) -> str:
    return "[" + ", ".join(f"'{name}'" for name in names) + "]"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("events", type=lambda text: int(float(text)), help="about how many, as 1e6")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--source", choices=("csv", "parquet"), default="csv")
    chosen = parser.parse_args()
    write_log(chosen.folder, chosen.events, seed=chosen.seed, source=chosen.source)


if __name__ == "__main__":
    main()
