"""Ask a question of a folded journey."""

from __future__ import annotations

from dataclasses import replace

from clew.errors import BadRequest
from clew.questions.ground import Ground
from clew.questions.model import Answer, Query
from clew.questions.registry import question_named


def ask(ground: Ground, query: Query) -> Answer:
    """Check the query against what its question takes, fill in defaults, and answer.

    Raises UnknownName, BadRequest with what is allowed
    """
    question = question_named(query.question)
    options = question.check(query)
    if query.compare and query.by:
        raise BadRequest("compare or split, not both: --compare shows two groups side by side, --by all of them")
    repeated = [name for name in query.by if query.by.count(name) > 1]
    if repeated:
        raise BadRequest(f"'{repeated[0]}' stands twice among the dimensions to split by")
    return question.load()(ground, replace(query, options=options))
