"""What lists refuse: texts that would be looked for without end, sorts that name nothing; what files are called."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import httpx
import pytest

from clew.db.engine import Database
from clew.web.frame.lists import LONGEST, MOST_WORDS, exported
from clew.web.request import Asked
from tests.acting_office import NORDWIND, office

LISTS = (
    *("/accounts", "/promises", "/handoffs", "/signals", "/duplicates"),
    *(f"/accounts/{NORDWIND}/touches", "/journeys/onboarding/runs"),
)


@pytest.fixture
def anna(tmp_path: Path, database: Database) -> Iterator[httpx.Client]:
    with office(tmp_path, database) as opened:
        yield opened.world.signed_in("anna")


def test_lists_look_for_a_few_words_and_no_more(anna: httpx.Client) -> None:
    for path in LISTS:
        assert anna.get(path, params={"q": "word " * MOST_WORDS}).status_code == 200, path
        assert anna.get(path, params={"q": "a " * (MOST_WORDS + 1)}).status_code == 400, path
        assert anna.get(path, params={"q": "a" * (LONGEST + 1)}).status_code == 400, path
        assert anna.get(path, params={"q": "%_\\'\""}).status_code == 200, path


def test_sort_that_names_nothing_is_the_usual_one(anna: httpx.Client) -> None:
    for path in LISTS:
        assert anna.get(path, params={"sort": "-"}).status_code == 200, path


def test_files_are_called_by_letters_that_headers_take() -> None:
    answer = exported(cast(Asked, None), 'touches-crm-"Š\r\nx', ("a",), [("\n=1",)], "csv")

    assert answer.headers["content-disposition"] == 'attachment; filename="touches-crm--x.csv"'
    assert bytes(answer.body).endswith(b'"\'\n=1"\r\n')


def test_title_that_no_file_can_bear_is_refused(anna: httpx.Client) -> None:
    for title, status in (("x" * 3_000, 422), ("y" * 100, 303)):
        told = {"title": title, "begin": "empty"}
        answer = anna.post("/journeys/new", data=told, headers={"origin": "http://clew.test"})
        assert answer.status_code == status
