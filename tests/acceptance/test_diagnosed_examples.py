"""What the diagnosis finds in public data is what a consultant would have found; figures as known by other means."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import clew
from clew import clock
from clew.diagnosis.measured import Measured, measure
from clew.diagnosis.model import Finding
from clew.signals.opening import open_sight

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FACTS = json.loads((EXAMPLES / "facts.json").read_text(encoding="utf-8"))

pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def diagnosed(examples: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Measured]]:
    """The example workspaces, loaded and measured."""
    folder = tmp_path_factory.mktemp("examples")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLEW_EXAMPLES", os.fspath(examples))
        found = {}
        for name in ("olist", "volvo", "crm"):
            shutil.copytree(EXAMPLES / name, folder / name, ignore=shutil.ignore_patterns(".clew"))
            workspace = clew.open_workspace(folder / name)
            workspace.load(now=clock.now())
            found[name] = measure(workspace, open_sight(workspace))
        yield found


def known(fact: str, row: str) -> dict[str, float]:
    """One row of a known fact by its first column."""
    table = FACTS[fact]
    return next(dict(zip(table["columns"], each, strict=True)) for each in table["rows"] if str(each[0]) == row)


def only(measured: Measured, kind: str, *words: str) -> Finding:
    found = [each for each in measured.findings if each.kind == kind and all(word in each.claim for word in words)]
    assert len(found) == 1, [each.claim for each in found]
    return found[0]


def shares(text: str) -> list[tuple[float, float, float, int]]:
    """Every 'share % [low, high] (n ...)' of a sentence."""
    pattern = r"([\d.]+) % \[([\d.]+), ([\d.]+)\] \(n ([\d,]+)\)"
    return [
        (float(share), float(low), float(high), int(n.replace(",", "")))
        for share, low, high, n in re.findall(pattern, text)
    ]


def test_cohorts_before_december_2017_cannot_be_compared(diagnosed: dict[str, Measured]) -> None:
    limit = only(diagnosed["olist"], "limit", "'deal won' is first recorded on 2017-12-05")

    early = sum(row[1] for row in FACTS["O6"]["rows"] if row[0] < "2017-12")
    told = int(re.search(r"the ([\d,]+) runs", limit.claim).group(1).replace(",", ""))  # type: ignore[union-attr]
    assert early <= told < early + 200  # and those of the first days of December
    assert "before 2017-12-05 look worse for that reason alone" in limit.meaning


def test_late_winners_are_censored(diagnosed: dict[str, Measured]) -> None:
    limit = only(diagnosed["olist"], "limit", "that entered 'won' did so after")

    late, moved, before = shares(limit.claim)
    assert late[3] == 842
    assert moved[2] < before[1]  # they went on less often, clearly
    assert "censored" in limit.meaning


def test_leads_of_unknown_origin_win_at_16_per_cent_against_3_from_email(diagnosed: dict[str, Measured]) -> None:
    contrast = only(diagnosed["olist"], "contrast", "of origin 'unknown' reach 'won'", "those of origin 'email'")

    high, low = shares(contrast.claim)
    unknown, email = known("O3", "unknown"), known("O3", "email")
    assert high == (16.3, 14.2, 18.6, 1099)
    assert low == (3.0, 1.9, 5.0, 493)
    assert (unknown["pct"], email["pct"]) == (16.29, 3.04)
    assert (unknown["mql"], email["mql"]) == (high[3], low[3])
    assert re.search(r"\d+ of \d+ comparisons stand after correction", contrast.meaning)
    assert "an association, not a cause" in contrast.meaning
    assert "holds among runs begun in the same month too" in contrast.meaning


def test_over_half_of_the_won_never_sold(diagnosed: dict[str, Measured]) -> None:
    loss = only(diagnosed["olist"], "loss", "that reached 'won' never reached 'First sale'")

    never, *_ = shares(loss.claim)
    (closed, sold, activated), *_ = FACTS["O8"]["rows"]
    assert loss.claim.startswith("Over half of 842 runs")
    assert never == (54.9, 51.5, 58.2, 842)
    assert (closed, activated) == (842, 45.13)
    assert never[0] == pytest.approx(100 - activated, abs=0.05)
    assert "segment 'has-sold' holds for all of them and for 84 more" in loss.claim
    assert sold == 296 + 84


def test_what_follows_from_the_outcome_is_no_contrast(diagnosed: dict[str, Measured]) -> None:
    """Who has a region in the sellers' table has sold; who has a deal stage 'Won' has won."""
    contrasts = [
        each.claim for name in ("olist", "crm") for each in diagnosed[name].findings if each.kind == "contrast"
    ]

    assert not [claim for claim in contrasts if "has-sold" in claim or "deal_stage" in claim]


def test_orders_and_leads_are_recorded_only_until_the_middle_of_2018(diagnosed: dict[str, Measured]) -> None:
    limit = only(diagnosed["olist"], "limit", "Recorded hardly any more")

    assert "'first contact' after 2018-05-31" in limit.claim
    assert "'order placed' after 2018-08-2" in limit.claim


def test_nobody_is_called_silent_where_their_orders_are_recorded_no_more(diagnosed: dict[str, Measured]) -> None:
    assert diagnosed["olist"].facts["silent-accounts"].value is None


def test_of_olist_nothing_is_guessed_that_its_data_do_not_tell(diagnosed: dict[str, Measured]) -> None:
    facts = diagnosed["olist"].facts

    unknown = {name for name, fact in facts.items() if fact.value is None}
    assert {"renewal-rate", "revenue-in-top-20", "quiet-losses", "broken-promise", "named-owner-share"} <= unknown
    assert all(facts[name].sentence.startswith(("Not measured: ", "Too few: ")) for name in unknown)


def test_incidents_pass_from_team_to_team_as_often_as_known(diagnosed: dict[str, Measured]) -> None:
    """Nearly: a handoff by an event after an incident's end belongs to no run; some began before the last 12 months."""
    fact = diagnosed["volvo"].facts["handoffs-per-run"]

    table = FACTS["B6"]
    mean = table["rows"][0][table["columns"].index("mean")]
    assert fact.value == pytest.approx(mean, abs=0.01)
    assert 0.99 * 7554 < fact.n <= 7554
    assert "begun in the last 12 months" in fact.sentence


def test_deals_before_march_2017_cannot_be_compared(diagnosed: dict[str, Measured]) -> None:
    limit = only(diagnosed["crm"], "limit", "'Lost' and 'Won' are first recorded on 2017-03-01")

    assert "1,185 runs" in limit.claim
