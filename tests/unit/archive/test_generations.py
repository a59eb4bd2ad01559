"""A generation of column files: written whole, read lazily, cut by the two times."""

from __future__ import annotations

import json
from typing import Any

import pytest

from clew.archive.folders import Folder
from clew.archive.manifest import read_manifest
from clew.archive.reader import open_archive
from clew.clock import ALWAYS, NEVER
from clew.db.engine import OPERATIONS
from clew.errors import BrokenStore

ACME, BOLT, LEAD = "seller:acme", "seller:bolt", "lead:17"


def event(key: int, party: str, at: int, name: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "party": party, "at": at, "event": name} | more


def test_store_that_was_never_loaded_is_an_empty_log(tmp_path: Any) -> None:
    view = open_archive(tmp_path / ".clew").view()

    assert list(view.buckets()) == []
    assert view.entity_kinds() == {}
    assert (view.as_of, view.known_at, view.generation) == (0, NEVER, 0)
    assert len(view.threads_of("seller")[0]) == 0


def test_events_come_back_by_thread_in_the_order_of_time(book: Any, read_events: Any) -> None:
    log = book.tell(100, events=[event(1, BOLT, 30, "won"), event(2, ACME, 20, "won"), event(3, ACME, 10, "met")])

    assert read_events(log.view()) == {ACME: [(10, "met"), (20, "won")], BOLT: [(30, "won")]}
    assert log.view().as_of == 30


def test_equal_times_are_ordered_by_day_source_sequence_place_and_row(book: Any, read_events: Any) -> None:
    told = [
        event(9, ACME, 10, "by row", sequence=1, place=1),
        event(8, ACME, 10, "by place", sequence=1, place=0),
        event(7, ACME, 10, "by sequence", sequence=0, place=5),
        event(6, ACME, 10, "by day", day=True, sequence=9),
        event(5, ACME, 10, "by earlier row", sequence=1, place=1),
    ]

    log = book.tell(100, events=told)

    names = [name for _, name in read_events(log.view())[ACME]]
    assert names == ["by day", "by sequence", "by place", "by earlier row", "by row"]


def test_columns_that_nobody_filled_say_nothing(book: Any) -> None:
    (bucket,) = book.tell(100, events=[event(1, ACME, 10, "won")]).view().buckets()

    assert [c.tolist() for c in (bucket.team, bucket.contact, bucket.subject("ticket"), bucket.property("grade"))] == [
        [-1]
    ] * 4
    assert bucket.value.tolist() == [-(2**63)]
    assert bucket.day.tolist() == [False]


def test_linked_ids_are_one_thread_named_by_the_smallest_text(book: Any, read_events: Any) -> None:
    book.tell(100, events=[event(1, ACME, 20, "won"), event(2, LEAD, 10, "asked")])

    log = book.tell(200, links=[(3, ACME, LEAD, ALWAYS)])

    assert read_events(log.view()) == {LEAD: [(10, "asked"), (20, "won")]}
    assert read_events(log.view(known_at=150)) == {ACME: [(20, "won")], LEAD: [(10, "asked")]}


def test_link_that_was_withdrawn_leaves_no_trace_in_the_present(book: Any, read_events: Any) -> None:
    book.tell(100, events=[event(1, ACME, 20, "won"), event(2, LEAD, 10, "asked")], links=[(3, ACME, LEAD, ALWAYS)])

    log = book.tell(200, ends=[(3, ACME)])

    assert read_events(log.view()) == {ACME: [(20, "won")], LEAD: [(10, "asked")]}
    assert read_events(log.view(known_at=150)) == {LEAD: [(10, "asked"), (20, "won")]}


def test_dated_link_holds_from_its_date(book: Any, read_events: Any) -> None:
    told = [event(1, ACME, 20, "won"), event(2, LEAD, 10, "asked")]

    log = book.tell(100, events=told, links=[(3, ACME, LEAD, 20)])

    assert read_events(log.view(as_of=20)) == {LEAD: [(10, "asked"), (20, "won")]}
    assert read_events(log.view(as_of=19)) == {LEAD: [(10, "asked")]}
    assert log.view(as_of=19).entity_kinds() == {"lead": 1}


def test_superseded_row_is_seen_only_by_those_who_look_back(book: Any, read_events: Any) -> None:
    book.tell(100, events=[event(1, ACME, 20, "won")])

    log = book.tell(200, events=[event(1, ACME, 25, "lost")], ends=[(1, ACME)])

    assert read_events(log.view()) == {ACME: [(25, "lost")]}
    assert read_events(log.view(known_at=199)) == {ACME: [(20, "won")]}
    assert read_events(log.view(known_at=200)) == {ACME: [(25, "lost")]}
    assert read_events(log.view(known_at=99)) == {}


def test_attributes_are_cut_by_both_times(book: Any) -> None:
    book.tell(100, events=[event(9, ACME, 50, "won")], attributes=[(1, ACME, "tier", "gold", ALWAYS)])
    log = book.tell(200, attributes=[(2, ACME, "tier", "iron", 40), (3, ACME, "owner", "ana", 60)])

    def told(**times: int) -> list[tuple[str, str]]:
        view = log.view(**times)
        (bucket,) = view.buckets()
        names = [view.names["attribute"].text(code) for code in bucket.attributes.name]
        pairs = zip(names, bucket.attributes.value, strict=True)
        return [(name, view.names[f"attribute:{name}"].text(value)) for name, value in pairs]

    assert told(as_of=60) == [("tier", "gold"), ("tier", "iron"), ("owner", "ana")]
    assert told() == [("tier", "gold"), ("tier", "iron")]
    assert told(as_of=39) == [("tier", "gold")]
    assert told(known_at=150) == [("tier", "gold")]
    assert log.view().undated == {"tier"}
    assert log.view(known_at=50).undated == set()


def test_entities_without_any_event_are_known(book: Any) -> None:
    told = [event(1, ACME, 20, "won", **{"subject:deal": "deal:7"})]

    log = book.tell(100, events=told, mentions=[(2, BOLT)])
    view = log.view()

    assert view.entity_kinds() == {"deal": 1, "seller": 2}
    entities = [view.names["entity"].text(code) for code in view.threads_of("deal")[1]]
    assert entities == [ACME]


@pytest.mark.parametrize("per_bucket", [1, 2, 1000])
def test_number_of_buckets_changes_nothing_but_itself(book: Any, read_events: Any, per_bucket: int) -> None:
    book.per_bucket = per_bucket
    told = [event(k, f"seller:{k % 5}", 100 - k, f"e{k % 3}") for k in range(12)]

    book.tell(100, events=told[:4])
    log = book.tell(200, events=told[4:], links=[(99, "seller:1", "seller:2", ALWAYS)])

    expected: dict[str, list[tuple[int, str]]] = {}
    for one in sorted(told, key=lambda e: e["at"]):
        thread = "seller:1" if one["party"] == "seller:2" else one["party"]
        expected.setdefault(thread, []).append((one["at"], one["event"]))
    assert read_events(log.view()) == expected
    assert len(log.manifest.buckets) == {1: 16, 2: 8, 1000: 1}[per_bucket]


def test_untouched_bucket_is_not_written_again(book: Any) -> None:
    book.per_bucket = 1
    book.tell(100, events=[event(k, f"seller:{k}", k, "won") for k in range(4)])

    log = book.tell(200, attributes=[(9, "seller:1", "tier", "gold", ALWAYS)])

    folders = [bucket["events"].path.split("/")[0] for bucket in log.manifest.buckets if "events" in bucket]
    assert sorted(set(folders)) == ["g000001", "g000002"]


def test_reader_of_the_former_generation_keeps_reading(book: Any, read_events: Any) -> None:
    first = book.tell(100, events=[event(1, ACME, 20, "won")])
    book.tell(200, events=[event(2, ACME, 30, "paid")])

    assert read_events(first.view()) == {ACME: [(20, "won")]}


def test_reader_of_an_older_generation_is_told_to_ask_again(book: Any, read_events: Any) -> None:
    first = book.tell(100, events=[event(1, ACME, 20, "won")])
    for key in (2, 3):
        book.tell(100 * key, events=[event(key, ACME, 30, "paid")])

    with pytest.raises(BrokenStore, match="loaded anew meanwhile; ask again"):
        read_events(first.view())


def test_what_a_crashed_load_left_behind_is_ignored(book: Any, read_events: Any) -> None:
    book.tell(100, events=[event(1, ACME, 20, "won")])
    leftover = book.store / "g000002" / "b0000" / "events"
    leftover.mkdir(parents=True)
    (leftover / "at.npy").write_bytes(b"half a column")
    with (book.store / "names" / "event.jsonl").open("ab") as names:
        names.write(b'"half a na')

    log = book.tell(200, events=[event(2, ACME, 30, "paid")])

    assert read_events(log.view()) == {ACME: [(20, "won"), (30, "paid")]}
    assert log.damaged() == []


def test_manifest_reads_back_as_it_was_written(book: Any) -> None:
    log = book.tell(100, events=[event(1, ACME, 20, "won")], links=[(3, ACME, LEAD, 5)])

    assert read_manifest(book.store) == log.manifest
    assert isinstance(log.manifest.buckets[0]["events"], Folder)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 1}', '{"format": 99}'])
def test_damaged_manifest_is_named_and_not_guessed_at(tmp_path: Any, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)

    with pytest.raises(BrokenStore, match="remove this file alone and load the exports again"):
        open_archive(tmp_path)


REMEDIES = [
    # what is known of the log, the file, its neighbours, what to do
    (
        "events arrived",
        '{"format":2,"generation":4,"position":9,"tail":7,"buck',
        [],
        "restore",
        "remove this file alone",
    ),
    (
        "exports alone",
        '{"format":2,"generation":4,"position":9,"tail":0,"buck',
        [],
        "remove this file alone",
        "restore",
    ),
    ("events may have arrived", '{"format":2,"generation":4,"position":9,"tail":0,', [OPERATIONS], "only where no", ""),
    ("nothing", "\0\0\0\0", [], "restore the last backup; only where no event ever arrived, remove this file", ""),
]


@pytest.mark.parametrize(
    ("written", "beside", "said", "unsaid"), [case[1:] for case in REMEDIES], ids=[case[0] for case in REMEDIES]
)
def test_what_is_told_to_do_about_a_damaged_manifest_loses_no_event(
    tmp_path: Any, written: str, beside: list[str], said: str, unsaid: str
) -> None:
    (tmp_path / "manifest.json").write_text(written)
    for name in beside:
        (tmp_path / name).write_text("")

    with pytest.raises(BrokenStore) as broken:
        read_manifest(tmp_path)

    assert said in str(broken.value)
    assert not unsaid or unsaid not in str(broken.value)


def test_altered_column_is_found(book: Any) -> None:
    log = book.tell(100, events=[event(1, ACME, 20, "won"), event(2, ACME, 30, "paid")])
    path = book.store / log.manifest.buckets[0]["events"].path / "at.npy"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))

    assert log.damaged() == [log.manifest.buckets[0]["events"].path]


def test_names_hold_any_text(book: Any) -> None:
    odd = ['say "no"', "line\nbreak", "ümläut \u2028", "tab\t", "\\", "emoji \U0001f9f6"]

    log = book.tell(100, events=[event(k, ACME, k, name) for k, name in enumerate(odd)])

    assert list(open_archive(book.store).names["event"].texts()) == odd
    assert json.loads((book.store / "manifest.json").read_text())["generation"] == log.generation == 1
