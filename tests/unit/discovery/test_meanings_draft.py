"""A draft of meanings.yaml from a loaded log: what names say is guessed, the rest is left as examples."""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clew.discovery.meanings.draft import draft_meanings
from clew.discovery.meanings.words import EXPANDED, LOST, LOUD, RENEWED, SENT, reading
from clew.errors import BadRequest
from clew.meanings.model import Meanings
from clew.meanings.parse import parse_meanings
from clew.questions.library import OpenWorkspace, open_workspace

COLUMNS = ("id", "account_id", "ticket_id", "event", "at", "topic", "says", "promise_id", "due_on", "seats_used", "nps")
SOURCE = """
file: events.csv
id: id
account: {crm: account_id}
subjects: {ticket: ticket_id}
events: [{event: "{event}", at: at}]
attributes: {annual_revenue: annual_revenue}
properties: [topic, says, promise_id, due_on, seats_used, nps]
"""
EVENTS: list[dict[str, Any]] = [
    {"event": "deal won"},
    {"event": "deal lost"},
    {"event": "contract cancelled"},
    {"event": "contract renewed"},
    {"event": "renewal offered"},
    {"event": "contract extended"},
    {"event": "complaint made", "topic": "price"},
    {"event": "mail sent", "topic": "price"},
    {"event": "call made"},
    {"event": "mail opened"},
    {"event": "question asked", "topic": "go-live"},
    {"event": "answer given", "topic": "go-live"},
    {"event": "statement given", "topic": "price", "says": "ten"},
    {"event": "promise made", "promise_id": "p1", "due_on": "2024-05-01"},
    {"event": "promise kept", "promise_id": "p1"},
    {"event": "ticket opened", "ticket_id": "t1"},
    {"event": "ticket answered", "ticket_id": "t1"},
    {"event": "ticket reopened", "ticket_id": "t1"},
    {"event": "ticket closed", "ticket_id": "t1"},
    {"event": "product used", "seats_used": "95"},
    {"event": "offer made"},
    {"event": "survey answered", "nps": "3"},
    {"event": "survey answered", "nps": "10"},
]


def firm(folder: Path, events: Iterable[Mapping[str, Any]], brings: str = "annual_revenue") -> OpenWorkspace:
    """A loaded workspace with one source that takes the names of its events from a column.

    brings  name of the attribute with an amount
    """
    (folder / "sources").mkdir()
    (folder / "clew.yaml").write_text("firm: A\ncurrency: EUR\ntime_zone: UTC\n", "utf-8")
    (folder / "sources/events.yaml").write_text(SOURCE.replace("annual_revenue:", f"{brings}:"), "utf-8")
    with (folder / "events.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.DictWriter(file, [*COLUMNS, "annual_revenue"], restval="")
        rows.writeheader()
        for number, event in enumerate(events):
            day = f"2024-04-{1 + number % 28:02}"
            rows.writerow({"id": number, "account_id": f"a{number % 3}", "at": day, "annual_revenue": 1000, **event})
    workspace = open_workspace(folder)
    workspace.load(now=1_800_000_000_000_000)
    return open_workspace(folder)


def checked(workspace: OpenWorkspace) -> Meanings:
    """The draft as the workspace reads it, without a problem."""
    (workspace.dir / "meanings.yaml").write_text(draft_meanings(workspace), "utf-8")
    again = open_workspace(workspace.dir)
    assert [str(problem) for problem in again.problems] == []
    return again.meanings


def test_a_log_that_names_everything_is_drafted_whole(tmp_path: Path) -> None:
    workspace = firm(tmp_path, EVENTS)
    example = (Path(__file__).parents[1] / "workspace/meanings_example/meanings.yaml").read_text("utf-8")
    told = [line for line in example.splitlines(keepends=True) if not line.startswith("account:")]
    (tmp_path / "meanings.yaml").write_text("".join(told), "utf-8")
    by_hand = open_workspace(tmp_path).meanings

    drafted = checked(workspace)

    alike = [name for name in vars(by_hand) if getattr(by_hand, name) == getattr(drafted, name)]
    assert set(vars(by_hand)) - set(alike) == {"sent", "frictions", "silence", "ready", "engaged", "did"}
    assert drafted.sent is not None
    assert set(drafted.sent.when.names) == {"mail sent", "call made"}  # type: ignore[union-attr]
    assert drafted.asked == by_hand.asked
    assert drafted.ready["more-seats"].when == by_hand.ready["more-seats"].when


def test_every_guess_says_how_many_events_it_rests_on(tmp_path: Path) -> None:
    draft = draft_meanings(firm(tmp_path, EVENTS))

    assert "lost: {event: contract cancelled}  # 1 event" in draft
    assert "promise made 1, promise kept 1" in draft
    assert "nps: {property: nps, good: 9, poor: 6}  # 2 events, 3 to 10" in draft


def test_what_cannot_be_guessed_is_left_as_a_commented_example(tmp_path: Path) -> None:
    workspace = firm(tmp_path, [{"event": "something happened"}, {"event": "product used", "seats_used": "much"}])

    draft = draft_meanings(workspace)

    assert checked(workspace) == Meanings(revenue="annual_revenue")
    lines = [line.removeprefix("# ") for line in draft.splitlines() if re.match("# ( |[a-z]+:( {|$| topic))", line)]
    examples = parse_meanings("\n".join(lines), Path("examples.yaml"))
    unsaid = {name for name, value in vars(examples).items() if value == getattr(Meanings(), name)}
    assert unsaid == {"revenue", "frictions", "silence", "notice", "account", "engaged", "did"}


@pytest.mark.parametrize(
    ("name", "live"),
    [
        ("annual_revenue", True),
        ("contract_value", True),
        ("ARR", True),
        ("revenue", False),  # may be the turnover of the customer's own firm
        ("company_value", False),
    ],
)
def test_an_amount_is_taken_for_what_an_account_brings_only_where_its_name_says_so(
    tmp_path: Path, name: str, live: bool
) -> None:
    workspace = firm(tmp_path, EVENTS, name)

    (line,) = [line for line in draft_meanings(workspace).splitlines() if "revenue: {" in line]

    assert line.startswith("# revenue: ") is not live
    assert f"{{attribute: {name}}}" in line
    assert checked(workspace).revenue == (name if live else None)


def test_nothing_can_be_drafted_before_a_load(tmp_path: Path) -> None:
    (tmp_path / "clew.yaml").write_text("firm: A\ncurrency: EUR\ntime_zone: UTC\n", "utf-8")

    with pytest.raises(BadRequest, match="clew load"):
        draft_meanings(open_workspace(tmp_path))


# names that look alike and mean something else
CONFUSABLE = [
    (LOST, ["contract cancelled", "account_closed", "Subscription terminated", "churned"],
     ["deal lost", "meeting cancelled", "order cancelled", "lead lost", "ticket closed"]),
    ((RENEWED,), ["contract renewed", "renewal signed", "Vertrag verlängert"], ["renewal offered", "renewal lost"]),
    ((EXPANDED,), ["contract extended", "licence expanded"], ["deadline extended", "trial extended"]),
    ((LOUD,), ["complaint made", "Reklamation", "ticket escalated"], ["complaint resolved"]),
    (SENT, ["mail sent", "call made", "emailed", "Newsletter verschickt geschickt"],
     ["mail received", "invoice sent by mail", "customer called", "mail opened", "handoff sent"]),
]  # fmt: skip


@pytest.mark.parametrize(("ways", "meant", "other"), CONFUSABLE)
def test_names_that_only_look_alike_are_not_taken(ways: Any, meant: list[str], other: list[str]) -> None:
    assert reading([*meant, *other], *ways) == meant


NAMES = st.lists(
    st.sampled_from(
        "deal won lost contract ticket opened closed answered reopened promise made kept question asked answer given "
        "mail sent called nps renewal renewed extended complaint escalated used offer: [x] 'y' # {z} ö 1:30 no".split()
    ),
    min_size=1,
    max_size=4,
).map(" ".join)
BREAKS = ["\n", "\r\n", "\u2028", "\x85", "\t", "\x0b", "\nloud: {event: x}\n", "\u2029frictions: 3", "\x7f"]
BROKEN = st.tuples(NAMES, st.sampled_from(BREAKS), NAMES).map("".join)
ROWS = st.lists(
    st.fixed_dictionaries(
        {"event": NAMES | BROKEN},
        optional={
            "ticket_id": st.just("t1"),
            "promise_id": st.just("p1"),
            "nps": st.sampled_from(["1", "5", "10", "80", "x"]),
            "seats_used": st.sampled_from(["3", "99"]),
            "topic": st.just("price"),
            "says": st.just("yes"),
        },
    ),
    min_size=1,
    max_size=12,
)


@pytest.mark.parametrize("sign", BREAKS)
def test_a_name_of_several_lines_adds_no_key_to_the_draft(tmp_path: Path, sign: str) -> None:
    names = [f"deal won{sign}loud: {{event: x}}", f"statement given{sign}loud: {{event: x}}"]

    said = checked(firm(tmp_path, [{"event": name} for name in names] * 2))

    assert said.loud is None
    assert said.customers is not None


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=ROWS)
def test_whatever_was_loaded_the_draft_passes_the_check(rows: list[dict[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        checked(firm(Path(folder), rows))
