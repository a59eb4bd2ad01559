"""Loading exports into a workspace: counts that add up, nothing twice, nothing lost, nothing silently altered."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from clew.archive.manifest import read_manifest
from clew.archive.reader import open_archive
from clew.archive.spelling import spell
from clew.clock import DAY_US, now
from clew.errors import UnknownName
from clew.ingest.load import load
from clew.ingest.lock import LoadRuns, load_lock
from clew.ingest.report import LoadReport, SourceReport
from clew.sources.parse import parse_source
from clew.workspace.workspace import open_workspace

NOW = 1_700_000_000_000_000  # 2023-11-14
DEALS = """
file: exports/deals*.csv
id: deal_id
kind: snapshot
time_zone: UTC
account: {firm: firm_id}
subjects: {deal: deal_id}
events:
  - {event: deal opened, at: opened}
  - {event: deal won, at: won, value: amount}
attributes: {owner: owner}
"""
VISITS = """
file: exports/visits*.csv
time_zone: UTC
account: {firm: firm_id}
events:
  - {event: "visited {page}", at: at}
"""
HEADER = "deal_id,firm_id,opened,won,amount,owner"


class Shop:
    """A workspace with exports, loaded at chosen moments."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "sources").mkdir()
        (folder / "exports").mkdir()
        (folder / "clew.yaml").write_text("firm: Shop\ncurrency: EUR\ntime_zone: UTC\n")

    def source(self, name: str, text: str) -> None:
        (self.folder / "sources" / f"{name}.yaml").write_text(text)

    def export(self, name: str, *lines: str) -> None:
        (self.folder / "exports" / name).write_text("\n".join(lines) + "\n")

    def load(self, *, days: int = 0, **more: Any) -> LoadReport:
        workspace = open_workspace(self.folder)
        assert not workspace.problems
        return load(self.folder, workspace.sources, now=NOW + days * DAY_US, **more)

    def told(self, **times: int) -> Any:
        return spell(open_archive(self.folder / ".clew").view(**times), learnt=False)

    def names(self, **times: int) -> dict[str, list[str]]:
        return {thread: [event["event"] for event in told] for thread, told in self.told(**times)["threads"].items()}


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def counts(report: SourceReport) -> tuple[int, int, int, int, int]:
    return report.read, report.accepted, report.duplicate, report.superseding, report.rejected


def test_rows_become_events_of_their_account(shop: Shop) -> None:
    shop.source("deals", DEALS)
    shop.export("deals.csv", HEADER, "1,acme,2023-01-02,2023-02-01,10.50,ana", "2,bolt,2023-01-03,,,", "3,cove,,,,bo")

    (report,) = shop.load().sources

    assert shop.names() == {"firm:acme": ["deal opened", "deal won"], "firm:bolt": ["deal opened"]}
    assert counts(report) == (3, 3, 0, 0, 0)
    assert report.events == {"deal opened": 2, "deal won": 1}
    assert report.without_events == 1
    assert [len(pairs) for pairs in shop.told()["entities"].values()] == [3, 3]


def test_same_file_again_is_said_to_be_unchanged(shop: Shop) -> None:
    shop.source("deals", DEALS)
    shop.export("deals.csv", HEADER, "1,acme,2023-01-02,,,", "2,bolt,nonsense,,,")
    first = shop.load()

    again = shop.load(days=1)

    assert again.generation == first.generation
    assert again.sources[0].unchanged
    assert counts(again.sources[0]) == (2, 0, 1, 0, 1)
    assert again.sources[0].rejected_file == first.sources[0].rejected_file


def test_newer_snapshot_supersedes_and_names_what_vanished(shop: Shop) -> None:
    shop.source("deals", DEALS)
    shop.export("deals.csv", HEADER, "1,acme,2023-01-02,,,ana", "2,bolt,2023-01-03,,,", "3,cove,2023-01-04,,,")
    shop.load()
    shop.export("deals.csv", HEADER, "1,acme,2023-01-02,2023-02-01,5,bo", "2,bolt,2023-01-03,,,")

    (report,) = shop.load(days=1).sources

    assert counts(report) == (2, 0, 1, 1, 0)
    assert (report.vanished, report.vanished_examples) == (1, ("firm:cove",))
    assert shop.names() == {
        "firm:acme": ["deal opened", "deal won"],
        "firm:bolt": ["deal opened"],
        "firm:cove": ["deal opened"],
    }
    assert shop.names(known_at=NOW)["firm:acme"] == ["deal opened"]
    assert [value for _, _, _, value, _ in shop.told()["attributes"]["firm:acme"]] == ["bo"]


def test_changed_row_of_an_events_source_is_rejected_with_its_place(shop: Shop) -> None:
    shop.source("deals", DEALS.replace("kind: snapshot", "kind: events"))
    shop.export("deals.csv", HEADER, "1,acme,2023-01-02,,,ana")
    shop.load()
    shop.export("deals.csv", HEADER, "2,bolt,2023-01-03,,,", "1,acme,2023-01-02,2023-02-01,5,bo")

    (report,) = shop.load(days=1).sources

    assert counts(report) == (2, 1, 0, 0, 1)
    assert report.rejected_file is not None
    (row,) = csv.DictReader(report.rejected_file.read_text().splitlines())
    assert (row["file"], row["line"], row["column"]) == ("deals.csv", "3", "deal_id")
    assert row["text"] == "1,acme,2023-01-02,2023-02-01,5,bo"
    assert "kind: snapshot" in row["reason"]
    assert shop.names()["firm:acme"] == ["deal opened"]


def test_identical_rows_count_within_a_file_and_once_across_files(shop: Shop) -> None:
    shop.source("visits", VISITS)
    shop.export("visits-1.csv", "firm_id,at,page", *["acme,2023-01-02 10:00,home"] * 2)
    shop.load()
    shop.export("visits-2.csv", "firm_id,at,page", *["acme,2023-01-02 10:00,home"] * 3)

    (report,) = shop.load(days=1).sources

    assert counts(report) == (5, 1, 4, 0, 0)
    assert shop.names() == {"firm:acme": ["visited home"] * 3}


def test_row_of_the_future_is_taken_up_when_its_time_has_come(shop: Shop) -> None:
    shop.source("visits", VISITS)
    shop.export("visits.csv", "firm_id,at,page", "acme,2023-11-20,home", "acme,2023-01-01,home")

    early = shop.load()
    late = shop.load(days=7)

    assert counts(early.sources[0]) == (2, 1, 0, 0, 1)
    assert counts(late.sources[0]) == (2, 1, 1, 0, 0)
    assert late.sources[0].rejected_file is None
    assert shop.names() == {"firm:acme": ["visited home"] * 2}


def test_state_of_the_future_waits_and_the_present_one_stays(shop: Shop) -> None:
    shop.source("deals", DEALS)
    shop.export("deals.csv", HEADER, "1,acme,2023-01-02,,,", "1,bolt,2023-01-02,,,", "2,cove,2023-01-02,,,")
    shop.load()
    shop.export("deals.csv", HEADER, "1,acme,2023-01-02,,,", "1,bolt,2023-01-02,2023-11-20,5,", "2,dune,2023-11-20,,,")

    early, still, late, after = (shop.load(days=days).sources[0] for days in (1, 2, 8, 9))

    assert counts(early) == counts(still) == (3, 0, 1, 0, 2)
    assert early.vanished == still.vanished == 0
    assert counts(late) == (3, 0, 1, 2, 0)
    assert late.rejected_file is None
    assert after.unchanged
    assert counts(after) == (3, 0, 3, 0, 0)
    assert sorted(shop.names(known_at=NOW + 7 * DAY_US)) == ["firm:acme", "firm:bolt", "firm:cove"]
    assert shop.names() == {
        "firm:acme": ["deal opened"],
        "firm:bolt": ["deal opened", "deal won"],
        "firm:dune": ["deal opened"],
    }


def test_changed_definition_replaces_what_the_old_one_made(shop: Shop) -> None:
    shop.source("deals", DEALS)
    shop.export("deals.csv", HEADER, "1,acme,2023-01-02,2023-02-01,5,ana", "2,bolt,2023-01-03,,,")
    shop.load()
    shop.source("deals", DEALS.replace("deal won", "contract signed"))

    (report,) = shop.load(days=1).sources

    assert counts(report) == (2, 0, 0, 2, 0)
    assert shop.names() == {"firm:acme": ["deal opened", "contract signed"], "firm:bolt": ["deal opened"]}
    assert shop.names(known_at=NOW)["firm:acme"] == ["deal opened", "deal won"]
    assert shop.load(days=2).sources[0].unchanged


def test_changed_definition_keeps_rows_of_files_that_are_gone(shop: Shop) -> None:
    shop.source("visits", VISITS)
    shop.export("visits-1.csv", "firm_id,at,page", "acme,2023-01-01,home")
    shop.export("visits-2.csv", "firm_id,at,page", "acme,2023-01-02,home")
    shop.load()
    (shop.folder / "exports" / "visits-1.csv").unlink()
    shop.source("visits", VISITS.replace("visited", "saw"))

    shop.load(days=1)

    assert shop.names() == {"firm:acme": ["visited home", "saw home"]}


def test_new_source_changes_the_order_at_one_instant_by_its_name(shop: Shop) -> None:
    shop.source("visits", VISITS)
    shop.export("visits.csv", "firm_id,at,page", "acme,2023-01-02,home")
    shop.load()
    shop.source("deals", DEALS)
    shop.export("deals.csv", HEADER, "1,acme,2023-01-02,,,")

    report = shop.load(days=1)

    assert [source.unchanged for source in report.sources] == [False, True]
    assert shop.names() == {"firm:acme": ["deal opened", "visited home"]}
    assert [event["source"] for event in shop.told()["threads"]["firm:acme"]] == ["deals", "visits"]


def test_source_that_is_no_longer_described_keeps_its_events(shop: Shop) -> None:
    shop.source("visits", VISITS)
    shop.source("deals", DEALS)
    shop.export("visits.csv", "firm_id,at,page", "acme,2023-01-02,home")
    shop.export("deals.csv", HEADER, "1,acme,2023-01-02,,,")
    shop.load()
    (shop.folder / "sources" / "deals.yaml").unlink()
    shop.export("visits.csv", "firm_id,at,page", "acme,2023-01-02,home", "acme,2023-01-03,shop")

    report = shop.load(days=1)

    assert report.gone == ("deals",)
    assert shop.names() == {"firm:acme": ["deal opened", "visited home", "visited shop"]}


def test_source_without_files_does_not_keep_the_others_out(shop: Shop) -> None:
    shop.source("visits", VISITS)
    shop.source("deals", DEALS.replace("exports/deals*.csv", "${NOWHERE_AT_ALL}/deals.csv"))
    shop.export("visits.csv", "firm_id,at,page", "acme,2023-01-02,home")

    report = shop.load()

    assert [source.source for source in report.sources] == ["visits"]
    assert "NOWHERE_AT_ALL" in report.failures["deals"]


def test_only_the_named_sources_are_loaded(shop: Shop) -> None:
    shop.source("visits", VISITS)
    shop.source("deals", DEALS)
    shop.export("visits.csv", "firm_id,at,page", "acme,2023-01-02,home")

    assert [source.source for source in shop.load(only=["visits"]).sources] == ["visits"]
    with pytest.raises(UnknownName, match="did you mean 'visits'"):
        shop.load(only=["visit"])


def test_clock_set_back_does_not_make_the_new_older_than_the_known(shop: Shop) -> None:
    shop.source("deals", DEALS)
    shop.export("deals.csv", HEADER, "1,acme,2023-01-02,,,")
    shop.load(days=3)
    shop.export("deals.csv", HEADER, "1,acme,2023-01-02,2023-02-01,,")

    shop.load(days=0)

    assert shop.names() == {"firm:acme": ["deal opened", "deal won"]}
    assert [load.at for load in read_manifest(shop.folder / ".clew").loads] == [NOW + 3 * DAY_US] * 2


def test_one_load_at_a_time(shop: Shop) -> None:
    shop.source("visits", VISITS)
    shop.export("visits.csv", "firm_id,at,page", "acme,2023-01-02,home")

    with load_lock(shop.folder / ".clew"), pytest.raises(LoadRuns, match=r"process \d+"):
        shop.load()

    assert shop.load().events == 1


def test_empty_export_is_no_fault(shop: Shop) -> None:
    shop.source("visits", VISITS)
    shop.export("visits.csv", "firm_id,at,page")

    report = shop.load()

    assert counts(report.sources[0]) == (0, 0, 0, 0, 0)
    assert (report.events, shop.told()["threads"]) == (0, {})


def test_interrupted_reading_goes_on_after_the_last_safe_block(shop: Shop) -> None:
    from clew.sources.read import read_blocks

    shop.source("visits", VISITS)
    for file in range(5):  # a block never spans two files
        lines = [f"f{number % 7},2023-01-0{file + 1} {number % 24:02}:00,p{number % 5}" for number in range(40)]
        shop.export(f"visits-{file}.csv", "firm_id,at,page", *lines)
    starts: list[Any] = []

    def stopping(*given: Any, stop_after: int | None = None, **named: Any) -> Any:
        starts.append(named["start"])
        for number, block in enumerate(read_blocks(*given, **named)):
            if number == stop_after:
                raise KeyboardInterrupt
            yield block

    with pytest.raises(KeyboardInterrupt):
        shop.load(read=lambda *given, **named: stopping(*given, **named, stop_after=3))
    (report,) = shop.load(days=1, read=stopping).sources

    assert starts[0] is None
    assert starts[1].block == report.resumed == 3
    assert counts(report) == (200, 200, 0, 0, 0)
    assert sum(map(len, shop.names().values())) == 200
    assert not list((shop.folder / ".clew" / "inbox").glob("*/*.block"))


def test_select_reads_its_tables_and_notices_when_they_change(shop: Shop) -> None:
    shop.source(
        "visits",
        """
files: {v: exports/visits.csv, f: exports/firms.csv}
select: select f.name as firm_id, v.at, v.page from v join f on v.firm = f.id
time_zone: UTC
account: {firm: firm_id}
events:
  - {event: "visited {page}", at: at}
""",
    )
    shop.export("visits.csv", "firm,at,page", "1,2023-01-02 10:00:00,home")
    shop.export("firms.csv", "id,name", "1,acme", "2,bolt")
    shop.load()
    assert shop.names() == {"firm:acme": ["visited home"]}
    assert shop.load(days=1).sources[0].unchanged

    shop.export("visits.csv", "firm,at,page", "1,2023-01-02 10:00:00,home", "2,2023-01-03 10:00:00,shop")
    (report,) = shop.load(days=2).sources

    assert counts(report) == (2, 1, 1, 0, 0)
    assert shop.names() == {"firm:acme": ["visited home"], "firm:bolt": ["visited shop"]}


def test_rows_are_known_from_when_the_system_learnt_of_them(shop: Shop) -> None:
    shop.source("deals", DEALS + "learnt: entered\n")
    shop.export(
        "deals.csv",
        HEADER + ",entered",
        "1,acme,2023-01-02,,,ana,2023-01-05",
        "1,acme,2023-01-02,2023-02-01,5,bo,2023-02-03",
        "2,bolt,2023-01-02,,,,2023-01-09",
    )

    (report,) = shop.load().sources
    again = shop.load(days=1)

    assert counts(report) == (3, 2, 0, 1, 0)
    assert again.sources[0].unchanged
    third, tenth, february = (1_672_704_000_000_000 + days * DAY_US for days in (0, 7, 40))
    assert shop.names(known_at=third) == {}
    assert shop.names(known_at=tenth) == {"firm:acme": ["deal opened"], "firm:bolt": ["deal opened"]}
    assert shop.names(known_at=february)["firm:acme"] == ["deal opened", "deal won"]
    assert shop.told(known_at=tenth)["attributes"]["firm:acme"][0][3] == "ana"


def test_deal_that_gets_its_account_moves_there(shop: Shop) -> None:
    shop.source("deals", DEALS)
    shop.export("deals.csv", HEADER, "1,,2023-01-02,,,ana", "2,bolt,2023-01-03,,,")
    shop.load()
    shop.export("deals.csv", HEADER, "1,acme,2023-01-02,,,ana", "2,bolt,2023-01-03,,,")

    (report,) = shop.load(days=1).sources

    assert counts(report) == (2, 0, 1, 1, 0)
    assert report.vanished == 0
    assert shop.names() == {"firm:acme": ["deal opened"], "firm:bolt": ["deal opened"]}
    assert shop.names(known_at=NOW) == {"deal:1": ["deal opened"], "firm:bolt": ["deal opened"]}


def test_deal_that_moves_counts_once_and_back_again(shop: Shop) -> None:
    shop.source("deals", DEALS)
    for day, firm in enumerate(["acme", "bolt", "bolt", "acme"]):
        shop.export("deals.csv", HEADER, f"1,{firm},2023-01-02,,,", f"{10 + day},cove,2023-01-03,,,")
        (report,) = shop.load(days=day).sources
        expected = (2, 2, 0, 0, 0) if day == 0 else (2, 1, 1, 0, 0) if day == 2 else (2, 1, 0, 1, 0)
        assert counts(report) == expected
        assert report.vanished == day  # the deals of cove, each in one export alone

    deal_of = [{**shop.names(known_at=NOW + day * DAY_US), "firm:cove": []} for day in range(4)]
    assert [sorted(names) for names in deal_of] == [
        [f"firm:{firm}", "firm:cove"] for firm in ("acme", "bolt", "bolt", "acme")
    ]
    assert shop.told(known_at=NOW)["attributes"] == shop.told()["attributes"] == {}


ORDERS = """
file: exports/orders*.csv
id: order_id
kind: snapshot
time_zone: UTC
account: {seller: seller_id}
subjects: {order: order_id}
join: {file: exports/items.csv, on: order_id, per: seller_id}
events:
  - {event: order placed, at: placed}
"""


def test_order_that_loses_a_seller_keeps_the_other(shop: Shop) -> None:
    shop.source("orders", ORDERS)
    shop.export("orders.csv", "order_id,placed", "1,2023-01-02")
    shop.export("items.csv", "order_id,seller_id", "1,acme", "1,bolt")
    first = shop.load()
    shop.export("items.csv", "order_id,seller_id", "1,bolt")

    (report,) = shop.load(days=1).sources

    assert counts(first.sources[0]) == (2, 2, 0, 0, 0)
    assert counts(report) == (1, 0, 1, 0, 0)
    assert report.vanished == 0
    assert shop.names() == {"seller:bolt": ["order placed"]}
    assert shop.names(known_at=NOW) == {"seller:acme": ["order placed"], "seller:bolt": ["order placed"]}


def test_order_that_gains_a_seller_has_both(shop: Shop) -> None:
    shop.source("orders", ORDERS)
    shop.export("orders.csv", "order_id,placed", "1,2023-01-02")
    shop.export("items.csv", "order_id,seller_id", "1,bolt")
    shop.load()
    shop.export("items.csv", "order_id,seller_id", "1,acme", "1,bolt")

    (report,) = shop.load(days=1).sources

    assert counts(report) == (2, 1, 1, 0, 0)
    assert shop.names() == {"seller:acme": ["order placed"], "seller:bolt": ["order placed"]}


def test_row_that_is_there_but_unusable_is_not_taken_for_gone(shop: Shop) -> None:
    shop.source("deals", DEALS)
    shop.export("deals.csv", HEADER, "1,acme,2023-01-02,,,", "1,bolt,2023-01-02,,,")
    shop.load()
    shop.export("deals.csv", HEADER, "1,acme,2023-01-02,,,", "1,bolt,nonsense,,,")

    (report,) = shop.load(days=1).sources

    assert counts(report) == (2, 0, 1, 0, 1)
    assert shop.names() == {"firm:acme": ["deal opened"], "firm:bolt": ["deal opened"]}


def test_id_that_is_absent_altogether_vanishes_with_all_its_rows(shop: Shop) -> None:
    shop.source("deals", DEALS)
    shop.export("deals.csv", HEADER, "1,acme,2023-01-02,,,", "1,bolt,2023-01-02,,,", "2,cove,2023-01-02,,,")
    shop.load()
    shop.export("deals.csv", HEADER, "2,cove,2023-01-02,,,")

    (report,) = shop.load(days=1).sources

    assert counts(report) == (1, 0, 1, 0, 0)
    assert report.vanished == 2
    assert sorted(shop.names()) == ["firm:acme", "firm:bolt", "firm:cove"]


def test_later_file_of_a_load_replaces_what_earlier_ones_say_of_its_ids(shop: Shop) -> None:
    shop.source("deals", DEALS)
    shop.export("deals-1.csv", HEADER, "1,acme,2023-01-02,,,", "2,acme,2023-01-02,,,", "2,cove,2023-01-02,,,")
    shop.export("deals-2.csv", HEADER, "1,bolt,2023-01-02,,,", "3,dune,2023-01-02,,,")
    opened = ["deal opened"]
    expected = {"firm:acme": opened, "firm:bolt": opened, "firm:cove": opened, "firm:dune": opened}

    first = shop.load()
    again = shop.load(days=1)
    told = shop.names()
    shop.export("deals-0.csv", HEADER, "3,elm,2023-01-02,,,")  # a former export that turns up
    late = shop.load(days=2)

    assert counts(first.sources[0]) == (5, 4, 0, 1, 0)
    assert again.sources[0].unchanged
    assert counts(late.sources[0]) == (6, 0, 6, 0, 0)
    assert told == shop.names() == shop.names(known_at=NOW) == expected


def test_moved_deal_is_the_same_after_an_interruption(shop: Shop) -> None:
    from clew.sources.read import read_blocks

    shop.source("deals", DEALS)
    shop.export("deals-1.csv", HEADER, "1,acme,2023-01-02,,,")
    shop.load()
    shop.export("deals-2.csv", HEADER, "1,bolt,2023-01-02,,,", "2,cove,2023-01-02,,,")
    shop.export("deals-3.csv", HEADER, "2,dune,2023-01-02,,,")

    def stopping(*given: Any, **named: Any) -> Any:
        for number, block in enumerate(read_blocks(*given, **named)):
            if number == 2:
                raise KeyboardInterrupt
            yield block

    with pytest.raises(KeyboardInterrupt):
        shop.load(days=1, read=stopping)
    assert shop.names() == {"firm:acme": ["deal opened"]}
    (report,) = shop.load(days=2).sources

    assert report.resumed == 2
    assert counts(report) == (4, 1, 1, 2, 0)
    assert shop.names() == {"firm:bolt": ["deal opened"], "firm:dune": ["deal opened"]}


def test_same_id_with_two_accounts_stays_two_rows_in_a_source_of_events(shop: Shop) -> None:
    shop.source("deals", DEALS.replace("kind: snapshot", "kind: events"))
    shop.export("deals.csv", HEADER, "1,acme,2023-01-02,,,", "1,bolt,2023-01-02,,,")
    shop.load()
    shop.export("deals.csv", HEADER, "1,acme,2023-01-02,,,", "1,cove,2023-01-02,,,")

    (report,) = shop.load(days=1).sources

    assert counts(report) == (2, 1, 1, 0, 0)
    assert sorted(shop.names()) == ["firm:acme", "firm:bolt", "firm:cove"]


def test_account_learnt_of_earlier_does_not_replace_the_present_one(shop: Shop) -> None:
    shop.source("deals", DEALS + "learnt: entered\n")
    shop.export("deals-1.csv", HEADER + ",entered", "1,bolt,2023-01-02,,,,2023-02-01")
    shop.load()
    shop.export("deals-2.csv", HEADER + ",entered", "1,acme,2023-01-02,,,,2023-01-05")

    (report,) = shop.load(days=1).sources

    assert counts(report) == (2, 0, 2, 0, 0)
    assert report.notes["rows older than what the log knows of them, left aside"] == 1
    assert shop.names() == {"firm:bolt": ["deal opened"]}


def test_account_column_that_was_wrong_is_superseded_with_its_definition(shop: Shop) -> None:
    shop.source("deals", DEALS.replace("{firm: firm_id}", "{firm: owner}"))
    shop.export("deals.csv", HEADER, "1,acme,2023-01-02,,,ana")
    shop.load()
    shop.source("deals", DEALS)

    (report,) = shop.load(days=1).sources

    assert counts(report) == (1, 0, 0, 1, 0)
    assert shop.names() == {"firm:acme": ["deal opened"]}


def test_a_bad_row_of_a_joined_file_is_listed_under_that_file(tmp_path: Path) -> None:
    firm = tmp_path
    (firm / "orders.csv").write_text("order,at\no1,2025-01-01\n", encoding="utf-8")
    (firm / "items.csv").write_text("order,shop,price\no1,s1,5\no1,s2\n", encoding="utf-8")
    source = parse_source(
        "file: orders.csv\nid: order\njoin: {file: items.csv, on: order, per: shop, sum: price}\n"
        "account: {shop: shop}\nevents: [{event: ordered, at: at, value: price}]\n",
        firm / "sources" / "orders.yaml",
    )

    load(firm, {"orders": source}, now=now())

    listed = (firm / ".clew" / "rejected" / "orders.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[:2] for line in listed[1:]] == [["items.csv", "3"]]


def test_a_column_whose_name_ends_in_a_number_sign_is_kept(shop: Shop) -> None:
    shop.source("visits", VISITS)
    shop.export("visits.csv", "firm_id,page,at,Order,Order #", "f1,home,2023-01-01,first,17")

    shop.load()

    [event] = shop.told()["threads"]["firm:f1"]
    assert (event["property:Order"], event["property:Order #"]) == ("first", "17")
