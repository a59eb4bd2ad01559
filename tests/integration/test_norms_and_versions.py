"""A load takes dated norms, a past view uses none of its future, a changed journey tells the runs it touches."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

import clew
from clew.cli.app import app
from clew.clock import DAY_US, now
from clew.questions.library import OpenWorkspace, read_norms

JOURNEY = """\
journey: order
subject: account
starts: {event: ordered}
ends:
  done: {event: delivered, good: true}
stages:
  - {stage: waiting, enter: {event: ordered}}
  - {stage: packing, enter: {event: packed}}
"""
SOURCE = """\
file: orders.csv
id: [account, event]
account: {shop: account}
events:
  - {event: "{event}", at: at}
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Forty orders of January 2025, packed after 1 to 40 hours; half are delivered, the others stand in packing."""
    for name, text in (
        ("clew.yaml", "firm: Shop\ncurrency: EUR\ntime_zone: UTC\n"),
        ("sources/orders.yaml", SOURCE),
        ("journeys/order.yaml", JOURNEY),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    rows = ["account,event,at"]
    for shop in range(40):
        day = f"2025-01-{shop % 20 + 1:02d}"
        rows.append(f"s{shop},ordered,{day}T00:00:00Z")
        rows.append(f"s{shop},packed,{day}T{(shop + 1) % 24:02d}:30:00Z")
        if shop % 2:
            rows.append(f"s{shop},delivered,2025-02-{shop % 20 + 1:02d}T12:00:00Z")
    (tmp_path / "orders.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def loaded(shop: Path) -> OpenWorkspace:
    workspace = clew.open_workspace(shop)
    workspace.load(now=now())
    return workspace


def test_a_load_stores_the_norm_of_every_stage_with_its_date(shop: Path) -> None:
    workspace = loaded(shop)

    norms = {norm.stage: norm for norm in read_norms(workspace.store, workspace.journey("order"))}

    assert set(norms) == {"waiting"}  # of packing not nine in ten have left: no norm is known
    assert norms["waiting"].n == 40
    assert norms["waiting"].through == workspace.view().as_of


def test_an_unchanged_load_takes_no_norm_again(shop: Path) -> None:
    workspace = loaded(shop)

    workspace.load(now=now())

    assert len(read_norms(workspace.store, workspace.journey("order"))) == 1


def test_a_view_of_the_past_uses_no_norm_that_rests_on_its_future(shop: Path) -> None:
    workspace = loaded(shop)
    end = workspace.view().as_of

    today = workspace.ask(clew.Query("stalled"))
    before = workspace.ask(clew.Query("stalled", as_of=end - DAY_US))

    assert any("as stored on" in note for note in today.notes)
    assert any("taken from this log" in note for note in before.notes)


def test_diff_counts_the_runs_that_a_changed_journey_touches(shop: Path) -> None:
    runner = CliRunner()
    assert runner.invoke(app, ["load"]).exit_code == 0
    assert runner.invoke(app, ["publish"]).exit_code == 0
    draft = JOURNEY.replace("enter: {event: packed}}", "enter: {event: packed}, limit: 3 days}")
    (shop / "journeys/order.yaml").write_text(draft, encoding="utf-8")

    said = runner.invoke(app, ["diff"]).output

    assert "stage packing: limit" in said
    assert "20 runs so far" in said  # those that stand in packing now; who has left is judged no more


def test_diff_without_data_says_what_to_do(shop: Path) -> None:
    runner = CliRunner()
    assert runner.invoke(app, ["publish"]).exit_code == 0
    (shop / "journeys/order.yaml").write_text(JOURNEY.replace("good: true", "good: false"), encoding="utf-8")

    assert "load data to count the runs" in runner.invoke(app, ["diff"]).output


def test_check_notes_an_event_that_no_loaded_row_tells_of_with_the_nearest_that_one_does(shop: Path) -> None:
    loaded(shop)
    draft = JOURNEY.replace("enter: {event: packed}", "enter: {event: packd}")
    (shop / "journeys/order.yaml").write_text(draft, encoding="utf-8")

    done = CliRunner().invoke(app, ["check"])

    assert done.exit_code == 0  # the name may be right and the event still to come
    told = "journey order listens to 'packd', which no loaded event is called; did you mean 'packed'?"
    assert told in " ".join(done.output.split())
