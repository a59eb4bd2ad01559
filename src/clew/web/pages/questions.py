"""Questions: a form for each, its answer over the log to the second, and the same as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from io import StringIO
from typing import TYPE_CHECKING, Any

from clew.access.model import Permission
from clew.access.policy import Forbidden
from clew.errors import BadRequest, ClewError, UnknownName
from clew.questions.ground import DIMENSIONS
from clew.questions.model import Query
from clew.questions.registry import REGISTRY, Option, Question, question_named
from clew.questions.telling import write_csv
from clew.questions.words import counted
from clew.texts import N_
from clew.texts import gettext as _
from clew.web.analytics.answering import Told, answered, answered_soon, asked_of
from clew.web.analytics.given import parameters_of, without_dashes
from clew.web.analytics.permitted import COARSE, sees_accounts
from clew.web.analytics.shown import columns_of, definitions_of, next_step
from clew.web.endpoint import Endpoint
from clew.web.errors import status_of
from clew.web.frame.files import workspace_of
from clew.web.frame.times import absolute

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked

THEMES: Mapping[str, tuple[str, ...]] = {
    N_("Where do runs stand?"): ("runs", "stalled", "silence"),
    N_("How far do they come, and do we meet our targets?"): ("funnel", "conversion", "kpis"),
    N_("How long does it take?"): ("time",),
    N_("Who passes work to whom?"): ("handoffs", "receipts", "pingpong"),
    N_("Which ways do runs take?"): ("transitions", "loops", "variants", "touches"),
    N_("What can the data not show?"): ("coverage",),
}
# option -> words of its field; every other is called as the command calls it
_WORDS: Mapping[str, str] = {
    "by": N_("Split by"),
    "from": N_("Started from"),
    "to": N_("Started before"),
    "where": N_("Keep what has"),
    "as-of": N_("As of"),
    "known-at": N_("As known by"),
    "least": N_("Least n"),
    "compare": N_("Compare"),
    "team": N_("Team"),
    "channel": N_("Channel"),
    "stage": N_("Stage"),
    "finished-only": N_("Finished only"),
}
_PLAIN = ("journey", "by", "segment", "from", "to")  # fields that stand open; the others are folded away


def themes() -> Iterator[tuple[str, Sequence[Question]]]:
    """Yield all questions by what one wants to know."""
    named = {name for names in THEMES.values() for name in names}
    more = [question for name, question in REGISTRY.items() if name not in named]
    yield from ((theme, [REGISTRY[name] for name in names]) for theme, names in THEMES.items())
    if more:
        yield N_("More"), more


def title_of(question: Question) -> str:
    """What a question is called on pages."""
    short = _(question.short)
    return short[:1].upper() + short[1:]


def tells_of(question: Question) -> str:
    """What one learns from it."""
    return _(question.tells)


def show_all(asked: Asked) -> Response:
    """The list."""
    return asked.page("questions.html.j2", themes=list(themes()), title_of=title_of, tells_of=tells_of)


def show(asked: Asked) -> Response:
    """The form of one question, and its answer."""
    question = question_named(asked.path["question"])
    try:
        query, given = _asked_of(asked, question)
        missing = _missing(question, query)
        told = None if missing else answered_soon(asked, query)
    except (UnknownName, BadRequest, Forbidden) as refused:
        return _page(asked, question, says=without_dashes(str(refused)), status=_refusal(refused))
    return _page(asked, question, told=told, missing=missing, working=told is None and not missing, given=given)


def csv(asked: Asked) -> Response:
    """The rows raw: seconds, shares of 1, ISO times."""
    from starlette.responses import Response

    question = question_named(asked.path["question"])
    query, _given = _asked_of(asked, question)
    text = StringIO()
    write_csv(answered(asked, query).answer, text)
    name = f'attachment; filename="{question.name}.csv"'
    return Response(text.getvalue(), media_type="text/csv", headers={"Content-Disposition": name})


def _asked_of(asked: Asked, question: Question) -> tuple[Query, Mapping[str, Sequence[str]]]:
    """Read what is asked; of several journeys the first one, which the form shows chosen."""
    query, given = asked_of(asked, question)
    sound = workspace_of(asked.parts).sound_journeys()
    return (replace(query, journey=sound[0]) if sound and query.journey is None else query), given


def _refusal(refused: ClewError) -> int:
    """A name that is not known is a mistake in the form; the page itself is there."""
    return 422 if isinstance(refused, UnknownName) else status_of(refused)


def _missing(question: Question, query: Query) -> str:
    """Say which option must be given before anything can be answered, "" where none lacks."""
    lacks = [option for option in question.options if option.many < 0 and not query.options.get(option.name)]
    return lacks[0].name if lacks else ""


def _page(asked: Asked, question: Question, *, status: int = 200, told: Told | None = None, **shown: Any) -> Response:
    workspace = workspace_of(asked.parts)
    given: Mapping[str, Sequence[str]] = shown.pop("given", None) or _as_written(asked)
    values: dict[str, Any] = {"says": "", "missing": "", "working": False, **shown}
    extra = [name for name in parameters_of(question) if name not in _PLAIN]
    return asked.page(
        "question.html.j2",
        status=status,
        question=question,
        title_of=title_of,
        tells_of=tells_of,
        words_of=words_of,
        help_of=help_of,
        given={name: ", ".join(texts) if name == "by" else " > ".join(texts) for name, texts in given.items()},
        journeys_known=workspace.sound_journeys(),
        segments=list(workspace.firm.segments),
        dimensions=_dimensions(asked, told),
        filters=[name for name in extra if name in ("where", "team", "channel", "stage")],
        views=[name for name in extra if name in ("compare", "as-of", "known-at", "least")],
        options=_options(question),
        opened=any(name in given for name in extra),
        told=told,
        **_answer(told, workspace.firm.time_zone),
        search=asked.request.url.query,
        **values,
    )


def _as_written(asked: Asked) -> Mapping[str, Sequence[str]]:
    return {name: [value] for name, value in asked.request.query_params.multi_items() if value}


def _answer(told: Told | None, zone: str) -> dict[str, Any]:
    if told is None:
        return {"columns": (), "basis": "", "definitions": (), "notes": (), "leads": None}
    answer = told.answer
    basis = [
        _("Journey %(journey)s") % {"journey": answer.journey} if answer.journey else "",
        counted(answer.n, answer.n_of.removesuffix("s"), answer.n_of),
        _("as of %(when)s") % {"when": absolute(answer.as_of, zone)},
    ]
    return {
        "columns": columns_of(answer),
        "basis": ", ".join(part for part in basis if part),
        "definitions": definitions_of(answer),
        "notes": [without_dashes(note) for note in answer.notes],
        "leads": next_step(answer),
    }


def words_of(option: str) -> str:
    """What the field of an option is called."""
    return _(_WORDS[option]) if option in _WORDS else _(option.replace("-", " ").capitalize())


def help_of(option: Option) -> str:
    """The hint of the field of an option."""
    told = _(option.help)
    told = told[:1].upper() + told[1:]
    if option.default:
        told = _("%(help)s; else %(default)s") % {"help": told, "default": option.default}
    return f"{told}. {_('Written as first > second')}" if option.many == 2 else told


def _dimensions(asked: Asked, told: Told | None) -> list[str]:
    if not sees_accounts(asked.actor):
        return [name for name in DIMENSIONS if name.partition(":")[0] in COARSE]
    return [*DIMENSIONS, *(told.attributes if told else ())]


def _options(question: Question) -> list[Option]:
    """The options of the question itself; "finished only" is one of `time`."""
    more = [Option("finished-only", "", N_("only what has ended: biased towards the short ones"), flag=True)]
    return [*question.options, *(more if question.name == "time" else ())]


ENDPOINTS = (
    Endpoint("/questions", ("GET",), Permission.SEE, show_all),
    Endpoint("/questions/{question}", ("GET",), Permission.SEE, show),
    Endpoint("/questions/{question}/rows.csv", ("GET",), Permission.SEE, csv),
)
