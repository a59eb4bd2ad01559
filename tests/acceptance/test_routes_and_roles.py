"""Every route with every role, every scope of a key, and nobody: who is let through stands in a table by hand."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.responses import PlainTextResponse, Response

from clew.access.model import Permission, Role
from clew.access.users.actions import change_role
from clew.db.engine import Database, open_database
from clew.db.migrations import migrate
from clew.web.app import make_app
from clew.web.endpoint import Endpoint
from clew.web.endpoints import all_endpoints
from clew.web.guard import DeclaredRoute
from tests.access_world import SECRET, SHELL, World, make_world

# The least permission of every route. A new route without a line here fails; so does a line without a route.
# "open: ..." says why nobody needs to be signed in.
ROUTES = """
GET         /                                   see
GET         /account                            see
POST        /account/password                   see
GET         /accounts                           see accounts
GET         /accounts/{account:path}            see accounts
GET         /accounts/{account:path}/merge      see accounts
POST        /accounts/{account:path}/merge      act
GET POST    /accounts/{account:path}/act/{kind}  act
GET POST    /accounts/{account:path}/act/handoff  act
GET         /accounts/{account:path}/runs       see accounts
GET         /accounts/{account:path}/touches    see accounts
GET         /audit                              audit
GET         /changes                            see
GET         /duplicates                         see accounts
POST        /duplicates                         act
GET         /firm                               see
GET         /handoffs                           see accounts
GET         /handoffs/{handoff:path}            see accounts
POST        /handoffs/{handoff:path}/acceptance act
POST        /handoffs/{handoff:path}/packet     act
POST        /handoffs/{handoff:path}/return     act
GET         /journeys                           see
GET         /journeys/{journey}                 see
GET         /journeys/{journey}/runs            see accounts
GET         /journeys/{journey}/stages/{stage}  see
GET         /journeys/{journey}/check           edit journeys
GET         /journeys/{journey}/compare         edit journeys
GET POST    /journeys/{journey}/edit            edit journeys
GET POST    /journeys/{journey}/publish         edit journeys
POST        /journeys/{journey}/removal         edit journeys
POST        /journeys/{journey}/withdrawal      edit journeys
GET POST    /journeys/new                       edit journeys
GET POST    /people                             administer
POST        /people/keys                        administer
POST        /people/keys/{number:int}/end       administer
POST        /people/{number:int}                administer
POST        /people/{number:int}/link           administer
POST        /people/{number:int}/switch         administer
GET         /live                               connect
GET         /pipes                              connect
GET         /promises                           see accounts
POST        /promises/keep                      act
POST        /promises/release                   act
GET POST    /rejected                           connect
GET         /rejected/{number:int}              connect
POST        /rejected/{number:int}/mapping      connect
GET         /signals                            see accounts
GET         /search                             see
GET         /settings                           edit journeys
GET POST    /settings/{section}                 edit journeys
GET         /settings/process                   administer
GET POST    /sources                            connect
GET         /sources/new                        connect
GET         /sources/{source}                   connect
POST        /sources/{source}/file              connect
POST        /sources/{source}/keys              connect
POST        /sources/{source}/keys/{key}/end    connect
POST        /sources/{source}/keys/{key}/rotation  connect
GET         /questions                          see
GET         /questions/{question}               see
GET         /questions/{question}/rows.csv      see
GET         /workers                            see

GET POST    /v1/api-keys                        administer
DELETE      /v1/api-keys/{number:int}           administer
GET         /v1/accounts/{account:path}/context see accounts
GET         /v1/accounts/{account:path}/runs    see accounts
GET         /v1/accounts/{account:path}/answers  see accounts
POST        /v1/accounts/{account:path}/answers  act
POST        /v1/accounts/{account:path}/handoffs  act
POST        /v1/accounts/{account:path}/handoffs/{id:path}/accept  act
POST        /v1/accounts/{account:path}/handoffs/{id:path}/return  act
POST        /v1/accounts/{account:path}/owner   act
POST        /v1/accounts/{account:path}/promises  act
POST        /v1/accounts/{account:path}/promises/{id:path}/keep  act
POST        /v1/accounts/{account:path}/promises/{id:path}/release  act
POST        /v1/accounts/{account:path}/questions  act
POST        /v1/accounts/{account:path}/roles   act
POST        /v1/accounts/{account:path}/touches  act
GET         /v1/audit                           audit
GET         /v1/audit/check                     audit
POST        /v1/persons/erasures                erase
POST        /v1/persons/exports                 erase
GET         /v1/handoffs                        see accounts
GET         /v1/promises                        see accounts
GET         /v1/journeys                        see
GET         /v1/journeys/{journey}              see
GET         /v1/questions                       see
GET         /v1/questions/{question}            see
GET         /v1/runs                            see accounts
GET         /v1/signals                         see accounts
GET         /v1/search                          see
GET         /v1/sources                         connect
GET POST    /v1/users                           administer
GET PATCH   /v1/users/{number:int}              administer
POST DELETE /v1/users/{number:int}/accounts     act
POST        /v1/users/{number:int}/links        administer
PUT         /v1/users/{number:int}/password     administer
GET         /v1/workers                         see

GET POST    /sign-in                            open: sign-in
GET POST    /sign-in/link/{token}               open: sign-in
GET         /sign-in/openid                     open: sign-in
GET         /sign-in/openid/callback            open: sign-in
POST        /sign-out                           open: sign-in
GET         /static/{name}                      open: static
GET         /healthz                            open: health
GET         /readyz                             open: health
GET         /metrics                            open: metrics

POST OPTIONS /v1/track                          open: write key
POST OPTIONS /v1/t                              open: write key
POST OPTIONS /v1/identify                       open: write key
POST OPTIONS /v1/i                              open: write key
POST OPTIONS /v1/group                          open: write key
POST OPTIONS /v1/g                              open: write key
POST OPTIONS /v1/page                           open: write key
POST OPTIONS /v1/p                              open: write key
POST OPTIONS /v1/screen                         open: write key
POST OPTIONS /v1/s                              open: write key
POST OPTIONS /v1/alias                          open: write key
POST OPTIONS /v1/a                              open: write key
POST OPTIONS /v1/merge                          open: write key
POST OPTIONS /v1/batch                          open: write key
POST OPTIONS /v1/b                              open: write key
POST OPTIONS /v1/import                         open: write key
POST OPTIONS /v1/events                         open: write key
POST OPTIONS /v1/cloudevents                    open: write key
POST OPTIONS /v1/sources/{source}/upload        open: write key
POST OPTIONS /beacon/v1/batch                   open: write key
GET OPTIONS /pixel/v1/page                      open: write key
GET OPTIONS /pixel/v1/track                     open: write key
POST OPTIONS /batch                             open: write key
POST OPTIONS /batch/                            open: write key
POST OPTIONS /capture                           open: write key
POST OPTIONS /capture/                          open: write key
POST OPTIONS /e                                 open: write key
POST OPTIONS /e/                                open: write key
POST OPTIONS /i/v0/e                            open: write key
POST OPTIONS /i/v0/e/                           open: write key
POST OPTIONS /i/v0/ai/batch                     open: write key
POST OPTIONS /i/v0/ai/batch/                    open: write key
POST OPTIONS /i/v1/analytics/events             open: write key
"""

# What a role may at least somewhere, again by hand: a slip in the product's own table shows here.
MAY: Mapping[str, frozenset[str]] = {
    "nobody": frozenset(),
    "vera": frozenset({"see"}),
    "mia": frozenset({"see", "see accounts", "see persons", "see bodies", "act"}),
    "otto": frozenset({"see", "see accounts", "see persons", "see bodies", "act", "edit journeys", "connect"}),
    "anna": frozenset(
        {"see", "see accounts", "see persons", "see bodies", "act", "edit journeys", "connect"}
        | {"run sql", "administer", "erase", "audit"}
    ),
    **{f"key of anna: {permission}": frozenset({permission.value}) for permission in Permission},
    "key of all scopes, its user a viewer since": frozenset({"see"}),
}
WHAT = {
    "{number:int}": "1",
    "{account:path}": "account:a-1",
    "{token}": "spent",
    "{name}": "clew.css",
    "{question}": "funnel",
}


@dataclass(frozen=True)
class Line:
    """A method of a path, and what it needs at least."""

    method: str
    path: str
    needs: str

    @property
    def is_open(self) -> bool:
        return self.needs.startswith("open: ")

    @property
    def address(self) -> str:
        return re.sub(r"{[^}]+}", lambda found: WHAT.get(found[0], "crm"), self.path)


def lines() -> Iterator[Line]:
    for line in ROUTES.split("\n"):
        if line.strip():
            methods, path, needs = re.fullmatch(r"([A-Z ]+?) +(/\S*) +(.+)", line).groups()  # type: ignore[union-attr]
            yield from (Line(method, path, needs.strip()) for method in methods.split())


LINES = tuple(lines())


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("workspace")
    database = open_database(folder / ".clew")
    migrate(database)
    yield make_world(folder, database)
    database.close()


@pytest.fixture(scope="module")
def callers(world: World) -> dict[str, httpx.Client]:
    """Browsers and programs, by who they are."""
    found = {"nobody": world.client(), **{name: world.signed_in(name) for name in ("vera", "mia", "otto", "anna")}}
    for permission in Permission:
        found[f"key of anna: {permission}"] = world.with_key("anna", permission)
    with world.database.write() as connection:
        number = world.user("vera").id
        change_role(connection, number, Role.ADMIN, by=SHELL, now=world.clock, secret=SECRET)
    found["key of all scopes, its user a viewer since"] = world.with_key("vera", *Permission)
    with world.database.write() as connection:
        change_role(connection, number, Role.VIEWER, by=SHELL, now=world.clock, secret=SECRET)
    return found


def test_every_route_is_made_from_a_declared_endpoint_and_stands_in_the_table(world: World) -> None:
    app = make_app(world.parts)

    strangers = [route for route in app.routes if not isinstance(route, DeclaredRoute)]
    found = [
        Line(method, route.declared.path, _needs(route.declared))
        for route in app.routes
        if isinstance(route, DeclaredRoute)
        for method in route.declared.methods
    ]
    assert strangers == []
    assert len(found) == len(set(found)) == len({(line.method, line.path) for line in found})
    assert {"without a line": set(found) - set(LINES), "without a route": set(LINES) - set(found)} == {
        "without a line": set(),
        "without a route": set(),
    }


def _needs(endpoint: Endpoint) -> str:
    return endpoint.needs.value if isinstance(endpoint.needs, Permission) else f"open: {endpoint.needs.value}"


def test_table_of_the_test_knows_every_permission() -> None:
    assert MAY["anna"] == {permission.value for permission in Permission}


LET_THROUGH = 299  # a status that nothing else answers with


def let_through(_asked: Any) -> Response:
    return PlainTextResponse("", LET_THROUGH)


async def let_through_later(_request: Any) -> Response:
    return PlainTextResponse("", LET_THROUGH)


def hollow(endpoint: Endpoint) -> Endpoint:
    """The endpoint as it is declared, with an answer that does nothing."""
    return replace(endpoint, answer=let_through_later if endpoint.is_async else let_through)


@pytest.mark.parametrize("caller", MAY)
def test_who_may_is_let_through_and_nobody_else(world: World, callers: dict[str, httpx.Client], caller: str) -> None:
    app = make_app(world.parts, [hollow(endpoint) for endpoint in all_endpoints()])

    answers = ask(app, callers[caller], LINES)

    expected = {line: line.is_open or line.needs in MAY[caller] for line in LINES}
    assert {line: answer.status_code == LET_THROUGH for line, answer in answers.items()} == expected
    for line, answer in answers.items():
        if not expected[line]:
            assert is_refused(answer, caller), (line, answer.status_code)


def is_refused(answer: httpx.Response, caller: str) -> bool:
    """Nobody is shown the way in or told that a key is missing; everybody else is told that they may not."""
    if caller != "nobody":
        return answer.status_code == 403
    return answer.status_code == 401 or answer.headers.get("location", "").startswith("/sign-in")


def ask(app: Any, as_who: httpx.Client, what: tuple[Line, ...]) -> dict[Line, httpx.Response]:
    """Send one request for each line."""

    async def run() -> dict[Line, httpx.Response]:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        headers, cookies = dict(as_who.headers), dict(as_who.cookies)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://clew.test", headers=headers, cookies=cookies
        ) as client:
            return {line: await client.request(line.method, line.address) for line in what}

    return asyncio.run(run())


def test_refused_changes_change_nothing(world: World, callers: dict[str, httpx.Client]) -> None:
    app = make_app(world.parts)
    before = state(world.database, world.folder)
    changes = tuple(line for line in LINES if not line.is_open and line.method != "GET")

    for caller in MAY:
        refused = tuple(line for line in changes if line.needs not in MAY[caller])
        assert all(is_refused(answer, caller) for answer in ask(app, callers[caller], refused).values())

    assert state(world.database, world.folder) == before


def state(database: Database, folder: Path) -> object:
    from clew.db.tables import MAIN

    passing = ("session", "api_key")  # when they were last used
    with database.read() as connection:
        rows = {t.name: connection.execute(t.select()).all() for t in MAIN.sorted_tables if t.name not in passing}
    return rows, sorted(path for path in folder.rglob("*") if ".clew" not in path.parts)


def test_pages_that_one_may_open_answer_without_a_fault(world: World, callers: dict[str, httpx.Client]) -> None:
    app = make_app(world.parts)
    other = ("open: write key", "open: metrics")  # stand on parts of the running server, and are tested with it
    pages = tuple(line for line in LINES if line.method == "GET" and line.needs not in other)
    pages = tuple(line for line in pages if line.path != "/changes")  # which never ends

    for caller in ("nobody", "vera", "mia", "otto", "anna"):
        answers = ask(app, callers[caller], tuple(line for line in pages if line.is_open or line.needs in MAY[caller]))
        faults = {line.address: answer.text for line, answer in answers.items() if answer.status_code >= 500}
        assert faults == {}


def test_form_without_its_token_is_refused_everywhere(world: World, callers: dict[str, httpx.Client]) -> None:
    app = make_app(world.parts, [hollow(endpoint) for endpoint in all_endpoints()])
    browser = httpx.Client(cookies=callers["anna"].cookies)
    changes = tuple(line for line in LINES if line.method in ("POST", "PUT", "PATCH", "DELETE"))

    for line, answer in ask(app, browser, changes).items():
        takes_cookies = line.needs != "open: write key"
        assert (answer.status_code == 403) == takes_cookies, line


def test_every_answer_bears_the_headers_that_keep_it_to_itself(world: World, callers: dict[str, httpx.Client]) -> None:
    app = make_app(world.parts, [hollow(endpoint) for endpoint in all_endpoints()])

    for line, answer in ask(app, callers["anna"], LINES).items():
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"], line
        assert answer.headers["x-content-type-options"] == "nosniff", line
        if not line.is_open:
            assert answer.headers["cache-control"] == "no-store", line
