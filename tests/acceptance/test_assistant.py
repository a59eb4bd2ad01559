"""An assistant starts `clew mcp`, finds an account, reads its context and acts, under the rights of its key."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest

from clew import clock
from clew.access.keys.api_keys import make_key
from clew.access.model import Actor, Permission, Role
from clew.access.policy import may
from clew.access.users.actions import add_user
from clew.config.reading import read_settings
from clew.db.engine import Database, open_database
from clew.live.contexts.queries import find_account
from tests.acceptance.running_firm import WORKS, Processes, clew, wait_until

mcp = pytest.importorskip("mcp.client.client", reason="the extra mcp is not installed")

BY_TEST = Actor("command", "command:test", "test", Role.ADMIN)
ACCOUNT = "A-000096"
ASKS = {"find_account", "account_context", "answer_on_file", "promises", "handoffs", "signals", "questions", "ask"}
ACTS = {"note_answer", "make_promise", "log_touch"}
Talk = Callable[[Any], Coroutine[Any, Any, None]]


class Assistant:
    """A running firm, and assistants that ask it under keys."""

    def __init__(self, firm: Processes, database: Database) -> None:
        self._firm, self._database = firm, database

    def key(self, role: Role) -> str:
        """A key with every scope of a user who has this role."""
        secret = read_settings(self._firm.folder / ".clew", os.environ).secret
        with self._database.write() as connection:
            now = clock.now()
            email = f"{role.name.lower()}@firm.example"
            teams = ["account-management"]
            user = add_user(connection, email, "Somebody", role=role, teams=teams, by=BY_TEST, now=now, secret=secret)
            scopes = [permission.value for permission in Permission if may(user.actor, permission)]
            _, key = make_key(connection, "it", scopes, user=user.id, by=BY_TEST, now=now, secret=secret)
        return key

    def talk(self, key: str, talk: Talk, *options: str) -> None:
        """Start the command as an assistant does, and talk to it."""
        from mcp.client.stdio import StdioServerParameters, stdio_client

        address = ["--address", self._firm.address("serve")]
        command = StdioServerParameters(
            command=sys.executable,
            args=["-m", "clew", "mcp", *address, *options],
            env={**os.environ, "CLEW_API_KEY": key},
        )

        async def run() -> None:
            async with mcp.Client(stdio_client(command)) as client:
                await talk(client)

        asyncio.run(run())


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("assisted") / "firm"
    clew("sample", str(folder), folder=folder.parent, url=None)
    clew("load", folder=folder, url=None)
    database = open_database(folder / ".clew", None)
    firm = Processes(folder, database, None, {"serve": WORKS})
    firm.start("serve")
    firm.wait_for("serve")

    def is_known() -> bool:
        with database.read() as connection:
            return find_account(connection, ACCOUNT) is not None

    wait_until(is_known, "contexts are derived")
    yield Assistant(firm, database)
    firm.end()
    database.close()


def told(answer: Any) -> Any:
    assert not answer.is_error, answer.content[0].text
    return json.loads(answer.content[0].text)


def test_only_reading_tools_are_there_unless_acts_are_allowed(assistant: Assistant) -> None:
    async def reading(client: Any) -> None:
        tools = (await client.list_tools()).tools
        assert {tool.name for tool in tools} == ASKS
        assert all(tool.annotations.read_only_hint for tool in tools)

    async def acting(client: Any) -> None:
        assert {tool.name for tool in (await client.list_tools()).tools} == ASKS | ACTS

    key = assistant.key(Role.ADMIN)
    assistant.talk(key, reading)
    assistant.talk(key, acting, "--allow-acts")


def test_account_is_found_read_and_what_was_told_is_on_file_afterwards(assistant: Assistant) -> None:
    async def talk(client: Any) -> None:
        found = told(await client.call_tool("find_account", {"words": ACCOUNT}))
        assert ACCOUNT in json.dumps(found)
        before = told(await client.call_tool("answer_on_file", {"account": ACCOUNT, "topic": "parking"}))
        noted = {"account": ACCOUNT, "topic": "parking", "says": "Gate 4, ask for the porter"}
        assert told(await client.call_tool("note_answer", noted))["act"]
        after = before
        while after == before:
            after = told(await client.call_tool("answer_on_file", {"account": ACCOUNT, "topic": "parking"}))
        assert "Gate 4" in json.dumps(after)
        assert "Gate 4" in json.dumps(told(await client.call_tool("account_context", {"account": ACCOUNT})))

    assistant.talk(assistant.key(Role.OWNER), talk, "--allow-acts")


def test_key_of_a_viewer_reads_no_account(assistant: Assistant) -> None:
    async def talk(client: Any) -> None:
        answer = await client.call_tool("account_context", {"account": ACCOUNT})
        assert answer.is_error
        assert "permission to see accounts" in answer.content[0].text
        assert told(await client.call_tool("questions", {}))["questions"]

    assistant.talk(assistant.key(Role.VIEWER), talk)


def test_what_is_not_there_is_told_as_an_error_in_words(assistant: Assistant) -> None:
    async def talk(client: Any) -> None:
        answer = await client.call_tool("account_context", {"account": "A-nobody"})
        assert answer.is_error
        assert "A-nobody" in answer.content[0].text

    assistant.talk(assistant.key(Role.MEMBER), talk)
