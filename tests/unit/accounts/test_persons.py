"""The person store: a number for everybody, a name only as long as they may be remembered."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from clew.accounts.persons import PERSONS, PersonStore, Property, Record, open_persons
from clew.errors import BrokenStore


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path


def erase(persons: PersonStore, identifier: str) -> int:
    return persons.erase(persons.find(identifier), identifier)


def test_everybody_has_one_number_for_good(store: Path) -> None:
    with open_persons(store) as persons, persons.transaction():
        assert persons.surrogates(["ana@x.com", "bo@x.com", " ANA@x.com "]) == [0, 1, 0]
    with open_persons(store) as persons, persons.transaction():
        assert persons.surrogates(["cy@x.com", "bo@x.com"]) == [2, 1]


def test_identifiers_that_are_no_address_keep_their_case(store: Path) -> None:
    with open_persons(store) as persons, persons.transaction():
        assert persons.surrogates(["Ab1", "aB1"]) == [0, 1]


def test_what_a_source_does_not_say_stays(store: Path) -> None:
    with open_persons(store) as persons, persons.transaction():
        persons.surrogates(["c1"])
        persons.describe([Record(0, "c1", "Ana@x.com", "Ana", None)])
        persons.describe([Record(0, "c1", None, None, "buyer")])

        assert persons.find("ana@X.com") == [Record(0, "c1", "ana@x.com", "Ana", "buyer")]


def test_nothing_of_a_failed_load_stays(store: Path) -> None:
    def interrupted_load(persons: PersonStore) -> None:
        with persons.transaction():
            persons.surrogates(["ana@x.com"])
            raise KeyboardInterrupt

    with open_persons(store) as persons:
        with pytest.raises(KeyboardInterrupt):
            interrupted_load(persons)

        assert persons.find("ana@x.com") == []
        with persons.transaction():
            assert persons.surrogates(["bo@x.com"]) == [0]


def test_newer_state_of_a_row_replaces_its_personal_properties(store: Path) -> None:
    with open_persons(store) as persons, persons.transaction():
        persons.surrogates(["ana@x.com"])
        persons.keep([Property("crm", 1, 2, "phone", 0, "555-1")])
        persons.keep([Property("crm", 1, 2, "phone", 0, "555-2")])

        assert [item.value for item in persons.properties_of([0])] == ["555-2"]


def test_erased_person_keeps_the_number_and_loses_the_name(store: Path) -> None:
    with open_persons(store) as persons:
        with persons.transaction():
            persons.surrogates(["ana@x.com", "bo@x.com"])
            persons.describe([Record(0, "ana@x.com", "ana@x.com", "Ana", None)])
            persons.keep(
                [Property("crm", 1, 2, "phone", 0, "555-1"), Property("crm", 1, 3, "note", 1, "ask ANA@x.com")]
            )
        assert erase(persons, "ana@x.com") == 2

        with persons.transaction():
            assert persons.surrogates(["ana@x.com", "cy@x.com"]) == [0, 2]
            persons.describe([Record(0, "ana@x.com", "ana@x.com", "Ana", None)])
            persons.keep(
                [Property("crm", 1, 2, "phone", 0, "555-1"), Property("crm", 1, 3, "note", 1, "ask ANA@x.com")]
            )
        assert persons.find("ana@x.com") == []
        assert persons.properties_of([0, 1]) == []


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("ana@x.com", "erased-0"),
        ("seller:Ana@X.com", "seller:erased-0"),  # an entity
        ("call <ana@x.com>, then bo@x.com", "call <erased-0>, then bo@x.com"),
        ("write to ana@x.com.", "write to erased-0"),
        ("susana@x.com", "susana@x.com"),  # somebody else
        ("ana@x.community", "ana@x.community"),
        ("42", "42"),
        ("", ""),
    ],
)
def test_texts_lose_the_addresses_of_erased_persons_only(store: Path, text: str, cleaned: str) -> None:
    with open_persons(store) as persons:
        with persons.transaction():
            persons.surrogates(["ana@x.com", "bo@x.com"])
        erase(persons, "ana@x.com")

        assert persons.cleaned(text) == cleaned


def test_tombstone_does_not_tell_the_name(store: Path) -> None:
    with open_persons(store) as persons:
        with persons.transaction():
            persons.surrogates(["ana@x.com"])
        erase(persons, "ana@x.com")

    assert not [path.name for path in store.iterdir() if b"ana@x" in path.read_bytes()]


def test_file_that_is_no_store_of_persons_is_told_in_a_sentence(store: Path) -> None:
    (store / PERSONS).write_bytes(b"no database at all, though long enough to be looked at")

    with (
        pytest.raises(BrokenStore, match=r"persons\.sqlite cannot be used \(file is not a database\)"),
        open_persons(store),
    ):
        pass


def test_two_processes_never_give_one_number_to_two_persons(store: Path) -> None:
    with open_persons(store) as intake, open_persons(store) as load:
        with intake.transaction():
            assert intake.surrogates(["ada", "bob"]) == [0, 1]
        with load.transaction():
            assert load.surrogates(["bob", "eve"]) == [1, 2]

        with intake.transaction():
            assert intake.surrogates(["eve", "sam", "ada"]) == [2, 3, 0]
        with load.transaction():
            assert load.surrogates(["sam", "tom"]) == [3, 4]


def test_an_erasure_by_another_process_is_heeded_at_once(store: Path) -> None:
    with open_persons(store) as intake, open_persons(store) as command:
        with intake.transaction():
            intake.surrogates(["ada@x.org"])
        command.erase(command.find("ada@x.org"), "ada@x.org")

        with intake.transaction():
            [number] = intake.surrogates(["ada@x.org"])
            intake.describe([Record(number, "ada@x.org", "ada@x.org", "Ada", None)])
            intake.keep([Property("chat", 1, 2, "said", number, "call me")])

        assert number == 0
        assert intake.find("ada@x.org") == []
        assert intake.properties_of([0]) == []


def test_persons_of_an_older_file_are_found(store: Path) -> None:
    with open_persons(store) as persons, persons.transaction():
        persons.surrogates(["ana@x.com", "bo@x.com"])
        persons.describe([Record(1, None, None, "Bo Ünal")])
    with closing(sqlite3.connect(store / PERSONS)) as connection:
        connection.executescript("DROP INDEX person_folded; ALTER TABLE person DROP COLUMN folded;")

    with open_persons(store) as persons:
        assert persons.alike(["ÜNAL"], limit=9) == [1]
        assert persons.alike(["x.com"], limit=9) == [0, 1]


def test_who_is_erased_is_not_found(store: Path) -> None:
    with open_persons(store) as persons:
        with persons.transaction():
            persons.surrogates(["ana@x.com"])
            persons.describe([Record(0, None, None, "Ana Ünal")])
        erase(persons, "ana@x.com")

        assert persons.alike(["ana"], limit=9) == []
    assert "ünal".encode() not in (store / PERSONS).read_bytes()


def test_names_that_begin_so_come_first_then_those_of_whom_another_name_does(store: Path) -> None:
    with open_persons(store) as persons, persons.transaction():
        numbers = persons.surrogates(["a@x.com", "b@x.com", "c@x.com", "d_d@x.com"])
        names = ("Al Goldberg", "Zoe Berg", "Bergit Ost", None)
        persons.describe(Record(number, None, None, name) for number, name in zip(numbers, names, strict=True))

        assert persons.alike(["BERG"], limit=9) == [2, 1, 0]
        assert persons.alike(["BERG"], limit=9, of=[0, 1]) == [1, 0]
        assert persons.alike(["berg"], limit=1) == [2]
        assert persons.alike(["d_"], limit=9) == [3]
