"""Questions as JSON: which there are, and their answers over the log to the second."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from clew.access.model import Permission
from clew.questions.registry import LEAST, REGISTRY, Question, question_named
from clew.questions.telling import as_json
from clew.web.analytics.answering import answered, asked_of
from clew.web.analytics.given import parameters_of
from clew.web.endpoint import Endpoint

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked


def questions(asked: Asked) -> Response:
    """Every question: what it tells, what it takes."""
    return asked.answer({"questions": [_told(one) for one in REGISTRY.values()]})


def one(asked: Asked) -> Response:
    """The answer, as `clew show QUESTION --json` prints it."""
    query, _ = asked_of(asked, question_named(asked.path["question"]))
    found = answered(asked, query)
    return asked.answer(as_json(found.answer, found.query))


def _told(question: Question) -> dict[str, Any]:
    return {
        "name": question.name,
        "short": question.short,
        "tells": question.tells,
        "parameters": parameters_of(question),
        "options": [asdict(option) for option in (*question.options, LEAST)],
        "compares": question.compares,
    }


ENDPOINTS = (
    Endpoint("/v1/questions", ("GET",), Permission.SEE, questions),
    Endpoint("/v1/questions/{question}", ("GET",), Permission.SEE, one),
)
