"""What an assistant may ask. The docstrings are what it reads."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import Field

from clew.assistant.caller import Caller

Account = Annotated[str, Field(description="Any id of the account, as A-17 or desk:4711; find_account gives them.")]
Json = str


def find_account(caller: Caller, words: Annotated[str, Field(description="A name or id, or a part of one.")]) -> Json:
    """Find accounts, people at accounts, journeys and sources by words. Begin here when you have a name only."""
    return _told(caller.get("search", q=words))


def account_context(caller: Caller, account: Account) -> Json:
    """Read all that the firm knows of one account: where it stands in every journey, its people and their roles, what
    they engaged with, which messages they received, what they did, promises, handoffs, answers on file, signals."""
    return _told(caller.get("accounts", account, "context"))


def answer_on_file(
    caller: Caller, account: Account, topic: Annotated[str, Field(description="What one wants to ask about.")]
) -> Json:
    """See whether the account told us something already: who, when, to whom. Ask this before you suggest a question."""
    return _told(caller.get("accounts", account, "answers", topic=topic))


def promises(
    caller: Caller, state: Annotated[Literal["open", "broken", "kept", "all"], Field(description="Which.")] = "open"
) -> Json:
    """List promises across accounts: what was promised, by whom, due when."""
    return _told(caller.get("promises", state=None if state == "all" else state))


def handoffs(
    caller: Caller,
    team: Annotated[str, Field(description="Team that receives them; empty: every team.")] = "",
) -> Json:
    """List handoffs that wait for a receipt, with the working time left and what their packets lack."""
    return _told(caller.get("handoffs", state="sent", team=team))


def signals(
    caller: Caller, kind: Annotated[str, Field(description="One kind of signal; empty: every kind.")] = ""
) -> Json:
    """List what detectors noticed and still holds: stalls, silence, broken promises, readiness, each with evidence."""
    return _told(caller.get("signals", kind=kind))


def questions(caller: Caller) -> Json:
    """List the questions that Clew answers about journeys, with their options."""
    return _told(caller.get("questions"))


def ask(
    caller: Caller,
    question: Annotated[str, Field(description="Its name, as stalled, time or funnel; `questions` lists them.")],
    journey: Annotated[str, Field(description="Name of the journey; empty where there is only one.")] = "",
    by: Annotated[str, Field(description="Dimension to split by, as segment; empty: none.")] = "",
) -> Json:
    """Ask a question of a journey: figures with n and intervals, over everything known to this second."""
    return _told(caller.get("questions", question, journey=journey, by=by))


def _told(answer: Any) -> Json:
    return json.dumps(answer, ensure_ascii=False)


ASKS = (find_account, account_context, answer_on_file, promises, handoffs, signals, questions, ask)
