"""From parameters of an address to a query, as the options of `clew show` are read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from clew.errors import BadRequest, UnknownName
from clew.questions.model import Query
from clew.questions.reading import SHORT_FILTERS, read_query
from clew.questions.registry import Option, Question

Pairs = Iterable[tuple[str, str]]
_SINGLE = ("journey", *SHORT_FILTERS, "from", "to", "as-of", "known-at", "least")
_SEVERAL = ("by", "where")
_YES, _NO = ("yes", "true", "1", "on"), ("no", "false", "0", "off")
_COMMAND = re.compile(r"'?\bclew show ([a-z]+)\b'?")
_DASHES = re.compile(r"(?<![\w-])--([a-z][a-z-]*)")


def parameters_of(question: Question) -> tuple[str, ...]:
    """Every parameter that a question takes."""
    more = (*(["compare"] if question.compares else []), *(["finished-only"] if question.name == "time" else []))
    return (*_SINGLE, *_SEVERAL, *more, *(option.name for option in question.options))


def written(question: Question, pairs: Pairs) -> Mapping[str, Sequence[str]]:
    """Gather values by parameter; empty ones, as forms send them, are left out. Raises UnknownName."""
    known = parameters_of(question)
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        plain = name.replace("_", "-")
        if plain not in known:
            raise UnknownName(f"parameter of '{question.name}'", name, known)
        if value.strip():
            found.setdefault(plain, []).append(value.strip())
    return found


def query_of(question: Question, given: Mapping[str, Sequence[str]], *, zone: str, now: int) -> Query:
    """Build the query of what was written, dates in a zone. Raises BadRequest."""
    told: dict[str, Any] = {name: _one(name, given) for name in (*_SINGLE, "compare")}
    told["from"], told["from_"] = None, told["from"]
    told["by"] = [part.strip() for text in given.get("by", ()) for part in text.split(",") if part.strip()]
    told["where"] = list(given.get("where", ()))
    told["finished-only"] = _flag("finished-only", given)
    told |= {option.name: _of_option(option, given) for option in question.options}
    if (least := told["least"]) is not None and not least.isdecimal():
        raise BadRequest(f"least '{least}' is no whole number; write it as 5")
    return read_query(question, {name.replace("-", "_"): value for name, value in told.items()}, zone=zone, now=now)


def _one(name: str, given: Mapping[str, Sequence[str]]) -> str | None:
    values = given.get(name, ())
    if len(values) > 1:
        raise BadRequest(f"'{name}' is given twice; give it once")
    return values[0] if values else None


def _flag(name: str, given: Mapping[str, Sequence[str]]) -> bool:
    value = (_one(name, given) or "no").lower()
    if value not in (*_YES, *_NO):
        raise BadRequest(f"{name} '{value}' is neither yes nor no")
    return value in _YES


def _of_option(option: Option, given: Mapping[str, Sequence[str]]) -> Any:
    if option.flag:
        return _flag(option.name, given)
    if option.many == 1:
        return _one(option.name, given)
    parts = [part.strip() for text in given.get(option.name, ()) for part in text.split(">") if part.strip()]
    if option.many > 0 and parts and len(parts) != option.many:
        raise BadRequest(f"{option.name} takes {option.many} names, written as 'first > second'; given: {len(parts)}")
    return parts


def without_dashes(text: str) -> str:
    """Return a sentence that names options of a command, as it names fields of a form and other questions."""
    text = _COMMAND.sub(lambda found: f"the question '{found[1]}'", text)
    return _DASHES.sub(lambda found: f"'{found[1].replace('-', ' ')}'", text)
