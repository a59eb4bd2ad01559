"""Ask the log to the second, for somebody."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from clew.questions.ask import ask
from clew.questions.model import Answer, Query
from clew.questions.registry import Question
from clew.web.analytics.given import query_of, written
from clew.web.analytics.keeping import analytics_of
from clew.web.analytics.permitted import require_coarse, screened, sees_accounts
from clew.web.frame.files import workspace_of

if TYPE_CHECKING:
    from clew.access.model import Actor
    from clew.live.fresh.asking import FreshWorkspace
    from clew.web.request import Asked

PATIENCE_S = 1.0  # a page waits so long before it says that the answer is being worked out


@dataclass(frozen=True)
class Told:
    """An answer with what was asked, and the attributes of accounts that one may split by."""

    answer: Answer
    query: Query
    attributes: Sequence[str]


def asked_of(asked: Asked, question: Question) -> tuple[Query, Mapping[str, Sequence[str]]]:
    """Read the query of a request, with what was written. Raises UnknownName, BadRequest, Forbidden."""
    given = written(question, asked.request.query_params.multi_items())
    query = query_of(question, given, zone=workspace_of(asked.parts).firm.time_zone, now=asked.now)
    require_coarse(asked.actor, query)
    return query, given


def answered(asked: Asked, query: Query) -> Told:
    """Answer at once, however long it takes. Raises UnknownName, BadRequest, Forbidden."""
    return analytics_of(asked.parts).look(asked.now, _work(asked.actor, query))


def answered_soon(asked: Asked, query: Query) -> Told | None:
    """Answer, or return None while the answer is being worked out: ask again then. Raises as `answered`."""
    key = (asked.request.url.path, asked.request.url.query, asked.actor.id, sees_accounts(asked.actor))
    return analytics_of(asked.parts).soon(key, asked.now, _work(asked.actor, query), wait_s=PATIENCE_S)


def _work(actor: Actor, query: Query) -> Callable[[FreshWorkspace], Told]:
    def work(workspace: FreshWorkspace) -> Told:
        ground = workspace.ground(query)
        answer = ask(ground, query)
        if query.as_of is None:
            answer = replace(answer, extra={**answer.extra, "as_of_is": "now"})
        names = ground.view.names["attribute"].texts() if sees_accounts(actor) else ()
        return Told(screened(actor, ground, query, answer), query, sorted(names))

    return work
