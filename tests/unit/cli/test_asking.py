"""From words on the command line to a query."""

from __future__ import annotations

from typing import Any

import pytest

from clew.cli.asking import query_asked
from clew.errors import BadRequest
from clew.questions.model import Query
from clew.questions.registry import REGISTRY
from clew.testing import micros

NOTHING: dict[str, Any] = dict.fromkeys(
    (
        "journey",
        "by",
        "where",
        "segment",
        "team",
        "channel",
        "stage",
        "from_",
        "to",
        "as_of",
        "known_at",
        "least",
        "compare",
    )
)


def asked(question: str = "funnel", **given: Any) -> Query:
    options = {option.name.replace("-", "_"): None for option in REGISTRY[question].options}
    return query_asked(REGISTRY[question], {**NOTHING, **options, **given}, zone="Europe/Berlin")


def test_short_filters_and_where_go_together() -> None:
    query = asked(segment="enterprise", where=["origin=email,phone", "origin=mail"])

    assert query.where == {"segment": ("enterprise",), "origin": ("email", "phone", "mail")}


def test_dates_are_days_of_the_firms_zone() -> None:
    period = asked(from_="2018-01-01", to="2018-02-01").period

    assert period is not None
    assert (period.start, period.end) == (micros("2017-12-31T23:00"), micros("2018-01-31T23:00"))


def test_an_offset_in_the_text_wins() -> None:
    assert asked(as_of="2018-01-01T00:00+00:00").as_of == micros("2018-01-01")


def test_compare_names_a_dimension_and_two_groups() -> None:
    assert asked(compare="segment=smb,enterprise").compare == ("segment", "smb", "enterprise")


def test_options_of_the_question_become_text() -> None:
    query = asked("conversion", points=["first contact", "deal won"], within="30 days", all=True, whole=False, least=3)

    assert query.options == {"points": "first contact > deal won", "within": "30 days", "all": "yes", "least": "3"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"where": ["origin"]}, "write it as --where origin=email"),
        ({"compare": "segment=smb"}, "names no two groups"),
        ({"compare": "segment=smb,smb"}, "names no two groups"),
        ({"from_": "January"}, "is no date; write it as 2018-01-31"),
        ({"from_": "2018-02-01", "to": "2018-01-01"}, "does not lie before"),
        ({"as_of": "0001-01-01"}, "the years 1900 to 2999"),
        ({"known_at": "9999-12-31"}, "the years 1900 to 2999"),
    ],
)
def test_what_cannot_be_read_says_how_to_write_it(given: dict[str, Any], said: str) -> None:
    with pytest.raises(BadRequest, match=said):
        asked(**given)
