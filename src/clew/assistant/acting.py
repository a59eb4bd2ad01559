"""What an assistant may do, where its caller allowed it with --allow-acts and the key has the right to act."""

from __future__ import annotations

import json
from typing import Annotated

from pydantic import Field

from clew.assistant.asking import Account, Json
from clew.assistant.caller import Caller

Topic = Annotated[str, Field(description="What it is about, in a word or two.")]
Says = Annotated[str, Field(description="What was said, in a sentence.")]
Contact = Annotated[
    str, Field(description="person: and the number from the account's context, as person:12; empty: nobody.")
]


def note_answer(caller: Caller, account: Account, topic: Topic, says: Says, contact: Contact = "") -> Json:
    """Put on file what a customer told us, so that nobody asks again. Only what they really said."""
    return _done(caller, account, "answers", topic=topic, says=says, contact=contact)


def make_promise(
    caller: Caller,
    account: Account,
    says: Says,
    due: Annotated[str, Field(description="Day by which it is due, as 2026-03-31.")],
    topic: Topic = "",
    contact: Contact = "",
) -> Json:
    """Write down a promise that somebody of the firm made to this account. Only one that was really made."""
    return _done(caller, account, "promises", says=says, due=due, topic=topic, contact=contact)


def log_touch(
    caller: Caller,
    account: Account,
    event: Annotated[str, Field(description="What happened, as call made or visit held.")],
    about: Topic = "",
    says: Says = "",
    contact: Contact = "",
) -> Json:
    """Write down a contact with this account that happened outside the firm's systems."""
    return _done(caller, account, "touches", event=event, topic=about, says=says, contact=contact)


def _done(caller: Caller, account: str, kind: str, **told: str) -> Json:
    return json.dumps(caller.post("accounts", account, kind, told=told), ensure_ascii=False)


ACTS = (note_answer, make_promise, log_touch)
