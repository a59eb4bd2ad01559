"""What a call of an act says: a flat JSON object of texts, under a key that makes it happen once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from clew.acts.model import Act
from clew.errors import nearest_name
from clew.web.pages.acts.doing import do, done_already
from clew.web.pages.acts.told import WrongFields
from clew.web.pages.handoffs.packet import PART
from clew.web.queries.acts import Done, Once

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked

IDEMPOTENCY = "idempotency-key"  # header
PACKET = "packet"  # field with the parts of a handoff, each a text


def told_of(asked: Asked, allowed: Collection[str]) -> dict[str, str]:
    """Return the fields of the body as texts; parts of a packet as a form sends them. Raises BadRequest, WrongFields"""
    given: Mapping[str, Any] = asked.json_object() if asked.body.strip() else {}
    wrong = {name: _unknown(name, allowed) for name in given if name not in allowed}
    told: dict[str, str] = {}
    for name, value in given.items():
        if name == PACKET and name in allowed and isinstance(value, Mapping):
            told |= {f"{PART}{part}": text for part, text in value.items() if isinstance(text, str)}
            wrong |= {f"{PACKET}.{part}": "must be a text" for part, text in value.items() if not isinstance(text, str)}
        elif isinstance(value, (str, int)):
            told[name] = str(value).lower() if isinstance(value, bool) else str(value)
        elif value is not None:
            wrong[name] = "must be an object of texts" if name == PACKET else "must be a text"
    if wrong:
        raise WrongFields(wrong)
    return told


def key_of(asked: Asked, told: Mapping[str, str]) -> str:
    """The key that makes this happen once: of the header, else of the field "id"."""
    return asked.request.headers.get(IDEMPOTENCY, "").strip() or told.get("id", "").strip()


def once_of(asked: Asked, told: Mapping[str, str]) -> Once:
    """What makes this call happen once. told  all that it asks for"""
    return Once(key_of(asked, told), {**told, "path": asked.request.url.path})


def again(asked: Asked, told: Mapping[str, str], account: str, **more: Any) -> Response | None:
    """Answer a call that came before as it was answered then, whatever has happened since; None for a new one."""
    before = done_already(asked, once_of(asked, told))
    return None if before is None else _answer(asked, before, account, more)


def done(
    asked: Asked,
    act: Act,
    told: Mapping[str, str],
    *,
    action: str,
    settles: str = "",
    more: Mapping[str, Any] | None = None,
    **detail: str,
) -> Response:
    """Do it and answer 202: written down, and shown as soon as a worker has taken it in.

    told  all that was asked for      settles  as in Once      more  beside act and account in the answer
    """
    once = replace(once_of(asked, told), settles=settles)
    return _answer(asked, do(asked, act, once, action=action, **detail), act.account, more or {})


def _answer(asked: Asked, found: Done, account: str, more: Mapping[str, Any]) -> Response:
    return asked.answer({"act": found.act, "account": account, **more}, status=202)


def _unknown(name: str, allowed: Collection[str]) -> str:
    nearest = nearest_name(name, allowed)
    hint = f"; did you mean '{nearest}'?" if nearest else ""
    return f"is no field of this act{hint} Allowed: {', '.join(allowed)}"
