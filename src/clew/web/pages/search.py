"""Search everywhere: accounts, people, promises and answers, journeys, sources, questions, pages; by rights."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from clew.access.model import Permission
from clew.config.model import SETTINGS
from clew.errors import BadRequest
from clew.questions.registry import REGISTRY
from clew.texts import gettext as _
from clew.web.addresses import address_of_account, address_of_journey
from clew.web.endpoint import Endpoint
from clew.web.frame.files import workspace_of
from clew.web.frame.navigation import places_for
from clew.web.queries.search import FoundText, find_accounts, find_answers, find_persons, find_promises

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from starlette.responses import Response

    from clew.web.request import Asked
    from clew.workspace.workspace import Workspace

T = TypeVar("T")
LIMIT = 8  # of each group; more says that there are more
LONGEST, MOST_WORDS = 200, 8
_AT_ONCE = ThreadPoolExecutor(4, "search")


@dataclass(frozen=True)
class Hit:
    """One thing that was found.

    says    beside its name in a quieter tone        also  words by which it is found, too
    """

    name: str
    href: str
    says: str = ""
    also: str = ""


@dataclass(frozen=True)
class Group:
    """Hits of one kind. kind: stable, for programs; more: there are others"""

    kind: str
    title: str
    hits: Sequence[Hit]
    more: bool = False


def words_of(text: str) -> list[str]:
    """Cut what was asked for into words. Raises BadRequest where it is too long."""
    words = text.split()
    if len(text) > LONGEST or len(words) > MOST_WORDS:
        raise BadRequest(f"search for at most {MOST_WORDS} words of together {LONGEST} characters")
    return words


def found(asked: Asked, words: Sequence[str]) -> list[Group]:
    """Find everything that holds all of these words and that the actor may see; the nearest first in each group."""
    kinds = [*(_of_accounts(asked, words) if asked.may(Permission.SEE_ACCOUNTS) else ()), *_of_files(asked, words)]
    return [Group(one.kind, one.title, one.hits[:LIMIT], len(one.hits) > LIMIT) for one in kinds if one.hits]


# -- accounts ---------------------------------------------------------------------------------------------------------


def _of_accounts(asked: Asked, words: Sequence[str]) -> Sequence[Group]:
    """What is found in the database: the four ways beside each other."""
    actor, store, limit = asked.actor, asked.parts.store, LIMIT + 1
    ways: Sequence[Callable[[Connection], Any]] = (
        lambda connection: find_accounts(connection, words, limit=limit),
        lambda connection: find_persons(connection, actor, store, words, limit=limit),
        lambda connection: find_promises(connection, actor, words, limit=limit),
        lambda connection: find_answers(connection, actor, words, limit=limit),
    )
    accounts, persons, promises, answers = _AT_ONCE.map(lambda way: _read(asked, way), ways)
    if persons or promises or answers:
        asked.note_read("search", persons=len(persons), texts=len(promises) + len(answers))
    return (
        Group(
            "accounts",
            _("Accounts"),
            [
                Hit(one.name, address_of_account(one.thread), _beside(one.by, one.segment, one.owner))
                for one in accounts
            ],
        ),
        Group(
            "people",
            _("People at accounts"),
            [
                Hit(_called(one.record), address_of_account(one.thread), _beside(one.role, one.account))
                for one in persons
            ],
        ),
        Group("promises", _("Promises"), [_text(one, "#promises") for one in promises]),
        Group("answers", _("Answers on file"), [_text(one, "#answers") for one in answers]),
    )


def _read(asked: Asked, way: Callable[[Connection], T]) -> T:
    with asked.parts.database.read() as connection:
        return way(connection)


def _called(record: Any) -> str:
    return str(record.name or record.email or record.identifier)


def _text(one: FoundText, place: str) -> Hit:
    return Hit(
        one.says or one.topic or one.id,
        address_of_account(one.thread) + place,
        _beside(one.topic if one.says else "", one.account),
    )


def _beside(*parts: str | None) -> str:
    return ", ".join(part for part in parts if part)


# -- what files and Clew itself say -----------------------------------------------------------------------------------


def _of_files(asked: Asked, words: Sequence[str]) -> Iterator[Group]:
    workspace = workspace_of(asked.parts)
    ways = (
        ("journeys", _("Journeys and stages"), _journeys(workspace)),
        ("sources", _("Sources"), _sources(workspace) if asked.may(Permission.CONNECT) else ()),
        ("questions", _("Questions"), _questions()),
        ("pages", _("Pages"), _pages(asked)),
        ("settings", _("Settings"), _settings() if asked.may(Permission.ADMINISTER) else ()),
    )
    for kind, title, hits in ways:
        yield Group(kind, title, _nearest(hits, words))


def _nearest(hits: Iterator[Hit] | Sequence[Hit], words: Sequence[str]) -> list[Hit]:
    """Those that hold every word, those first whose name begins so."""
    lower = [word.casefold() for word in words]
    fitting = [hit for hit in hits if all(word in f"{hit.name} {hit.says} {hit.also}".casefold() for word in lower)]
    begin = " ".join(lower)
    return sorted(
        fitting, key=lambda hit: (not hit.name.casefold().startswith(begin), begin not in hit.name.casefold())
    )


def _journeys(workspace: Workspace) -> Iterator[Hit]:
    for journey in workspace.journeys.values():
        title, path = journey.title or journey.name, address_of_journey(journey.name)
        yield Hit(title, path, journey.name if journey.name != title else "")
        for stage in journey.stages:
            yield Hit(stage.title or stage.name, f"{path}/stages/{quote(stage.name)}", _beside(title, stage.team))


def _sources(workspace: Workspace) -> Iterator[Hit]:
    return (Hit(name, f"/sources/{quote(name)}") for name in workspace.sources)


def _questions() -> Iterator[Hit]:
    return (Hit(one.short, f"/questions/{one.name}", one.tells, one.name) for one in REGISTRY.values())


def _pages(asked: Asked) -> Iterator[Hit]:
    return (Hit(_(place.title), place.path, _(task)) for task, places in places_for(asked.may) for place in places)


def _settings() -> Iterator[Hit]:
    return (Hit(one.name, "/settings", one.meaning.replace("`", "")) for one in SETTINGS)


# -- the page, and the same for programs ------------------------------------------------------------------------------


def show(asked: Asked) -> Response:
    """The page; without words it says what can be searched for."""
    text = asked.query("q").strip()
    words = words_of(text)
    return asked.page("search.html.j2", text=text, groups=found(asked, words) if words else None)


def tell(asked: Asked) -> Response:
    """GET /v1/search?q=: what the page shows, as JSON."""
    words = words_of(asked.query("q"))
    if not words:
        raise BadRequest("give what to search for as ?q=")
    groups = [
        {
            "kind": one.kind,
            "more": one.more,
            "hits": [{"name": hit.name, "path": hit.href, "says": hit.says} for hit in one.hits],
        }
        for one in found(asked, words)
    ]
    return asked.answer({"query": " ".join(words), "groups": groups})


ENDPOINTS = (
    Endpoint("/search", ("GET",), Permission.SEE, show),
    Endpoint("/v1/search", ("GET",), Permission.SEE, tell),
)
