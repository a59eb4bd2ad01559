"""Which firms are probably one, by Splink: weights measured by expectation maximisation, pairs scored in DuckDB.

Source: Fellegi & Sunter (1969), JASA 64; Linacre et al. (2022), Splink, IJPDS 7(3).
"""

from __future__ import annotations

import contextlib
import json
import logging
import math
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from clew.duplicates.comparing import COMPARED, KEYS
from clew.duplicates.model import LIKELY, Firm, Pair
from clew.duplicates.preparing import Prepared, Row, prepare
from clew.duplicates.reasons import reasons_of
from clew.errors import ClewError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ENOUGH = 100  # accounts from which on weights are measured
SAMPLED = 1_000_000  # pairs of which it is counted how alike two different firms are
TRUSTED = 50  # so many pairs of one firm would have to be seen for measured weights to count half
TWICE = 0.05  # pairs of one firm, by account, as long as nothing says otherwise
DOUBTED = 0.25  # how much that counts beside what was measured
SEED = 20_240_229
LEARNT_BY = (("domain", "domains"), ("rare_word", "words"))  # key that pairs share, and the column behind it


class NoLinkage(ClewError):
    """Looking for duplicates needs Splink: pip install 'clew[duplicates]'. Everything else works without it."""

    code = "no-splink"


def is_installed() -> bool:
    """Say whether duplicates can be looked for here."""
    return find_spec("splink") is not None


def probable_pairs(firms: Sequence[Firm], *, least: float = LIKELY) -> list[Pair]:
    """Return pairs of accounts that are probably one, most probable first. The same firms give the same pairs.

    least   chance from which on a pair is named
    Raises  NoLinkage
    """
    if not is_installed():
        raise NoLinkage
    prepared = prepare(firms)
    if len(prepared.rows) < 2:
        return []
    with _quietly(), _table(prepared.rows) as connection:
        model = _first_model(prepared.rows)
        if len(prepared.rows) >= ENOUGH:
            model = _measured(connection, model, len(prepared.rows))
        found = _scored(connection, model, len(prepared.rows), least)
    pairs = [_pair(one, prepared, model) for one in found]
    return sorted(pairs, key=lambda pair: (-pair.chance, pair.left, pair.right))


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """Let Splink keep to itself what it logs for those who watch it work."""
    log = logging.getLogger("splink")
    level, log.level = log.level, logging.ERROR
    try:
        yield
    finally:
        log.setLevel(level)


@contextlib.contextmanager
def _table(rows: Sequence[Row]) -> Iterator[DuckDBPyConnection]:
    """A database in memory with the firms as the table `firm`; one thread, so that sums are the same every time."""
    import duckdb
    import pyarrow  # type: ignore[import-untyped]

    kinds = {list: pyarrow.list_(pyarrow.string()), bool: pyarrow.bool_()}
    types = {name: kinds.get(type(value), pyarrow.string()) for name, value in rows[0].items()}
    with duckdb.connect(":memory:", config={"threads": 1}) as connection:
        table = pyarrow.Table.from_pylist(list(rows), pyarrow.schema(list(types.items())))
        connection.register("told", table)
        connection.execute("CREATE TABLE firm AS SELECT * FROM told")
        yield connection


def _first_model(rows: Sequence[Row]) -> dict[str, Any]:
    """The model as it is before anything was measured."""
    rules = [{"blocking_rule": f"l.by_{key} = r.by_{key}", "sql_dialect": "duckdb"} for key in KEYS]
    return {
        "link_type": "dedupe_only",
        "comparisons": [one.settings() for one in COMPARED],
        "blocking_rules_to_generate_predictions": rules,
        "probability_two_random_records_match": min(0.5, TWICE * 2 / (len(rows) - 1)),
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": True,
        "max_iterations": 15,
    }


def _linker(connection: DuckDBPyConnection, model: Mapping[str, Any]) -> Any:
    from splink import DuckDBAPI, Linker

    return Linker(DuckDBAPI(connection).register("firm"), dict(model), log_level=logging.ERROR, validate_settings=False)


def _measured(connection: DuckDBPyConnection, first: Mapping[str, Any], firms: int) -> dict[str, Any]:
    """Measure the shares of the levels, and mix them with those we began with by how much was seen."""
    linker = _linker(connection, first)
    linker.training.estimate_u_using_random_sampling(max_pairs=SAMPLED, seed=SEED, min_count_per_level=None)
    counted = linker.misc.save_model_to_json()
    learnt = [told for by in LEARNT_BY if (told := _learnt(connection, counted, *by)) is not None]
    same = sum(one["chance"] for one in _scored(connection, first, firms, LIKELY))
    return _mixed(first, [counted, *learnt], same, min(SAMPLED, firms * (firms - 1) // 2))


def _learnt(connection: DuckDBPyConnection, model: Mapping[str, Any], key: str, column: str) -> dict[str, Any] | None:
    """Learn from pairs with one key how often two records of one firm differ; None where there are too few."""
    from splink.internals.exceptions import EMTrainingException

    linker = _linker(connection, model)
    # the column stands there so that Splink leaves out the comparison that the rule decides
    rule = f"l.by_{key} = r.by_{key} AND l.{column} IS NOT NULL AND r.{column} IS NOT NULL"
    try:
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    except (EMTrainingException, ValueError):  # no such pairs; a share that becomes nought
        return None
    told: dict[str, Any] = linker.misc.save_model_to_json()
    return told


def _mixed(first: Mapping[str, Any], told: Sequence[Mapping[str, Any]], same: float, different: int) -> dict[str, Any]:
    """Mix measured shares with first ones.

    told             models: one that counted u, and those that learnt m
    same, different  pairs of one firm and of two from which was measured
    """
    counted, *learnt = [
        {one["output_column_name"]: one["comparison_levels"] for one in each["comparisons"]} for each in told
    ]
    model: dict[str, Any] = json.loads(json.dumps(first))
    for comparison in model["comparisons"]:
        name = comparison["output_column_name"]
        for place, level in enumerate(comparison["comparison_levels"]):
            if level.get("is_null_level") or level.get("fix_m_probability"):
                continue
            m = level["m_probability"]
            found = [one for each in learnt if (one := each[name][place]["m_probability"]) != m]
            level["m_probability"] = _share(m, sum(found) / len(found) if found else None, same)
            level["u_probability"] = _share(level["u_probability"], counted[name][place]["u_probability"], different)
    return model


def _share(first: float, measured: Any, seen: float) -> float:
    """Mix a share with a measured one; a level that was never seen has none, and text stands there."""
    return (first * TRUSTED + measured * seen) / (TRUSTED + seen) if isinstance(measured, float) else first


def _scored(connection: DuckDBPyConnection, model: Mapping[str, Any], firms: int, least: float) -> list[dict[str, Any]]:
    """Score the pairs; how many of all pairs are of one firm follows from the scores themselves."""
    found = _linker(connection, model).inference.predict(threshold_match_weight=-12, warning_mode="never")
    rows: list[dict[str, Any]] = found.as_record_list()
    prior = model["probability_two_random_records_match"]
    odds = [2 ** row["match_weight"] * (1 - prior) / prior for row in rows]
    prior = _prior(odds, prior, firms)
    for row, one in zip(rows, odds, strict=True):
        row["chance"] = _chance(one, prior)
    return [row for row in rows if row["chance"] >= least]


def _prior(odds: Sequence[float], first: float, firms: int) -> float:
    """Estimate the share of pairs that are of one firm, by expectation maximisation with the weights held."""
    pairs, share = firms * (firms - 1) / 2, first
    for _ in range(10):
        seen = sum(_chance(one, share) for one in odds)
        share = min(0.5, (seen / pairs + first * DOUBTED) / (1 + DOUBTED))
    return share


def _chance(odds: float, prior: float) -> float:
    total = odds * prior / (1 - prior)
    return total / (1 + total) if math.isfinite(total) else 1.0


def _pair(row: Mapping[str, Any], prepared: Prepared, model: Mapping[str, Any]) -> Pair:
    left, right = sorted((row["unique_id_l"], row["unique_id_r"]))
    gammas = {one.what: row[f"gamma_{one.what}"] for one in COMPARED}
    return Pair(left, right, row["chance"], reasons_of(prepared.firms[left], prepared.firms[right], gammas, model))
