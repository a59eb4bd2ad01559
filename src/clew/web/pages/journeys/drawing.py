"""Work a journey's picture out of the log, with what stands beside it, as far as somebody may know it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from clew.access.model import Actor
from clew.access.policy import Forbidden
from clew.discovery.staleness.measured import Staleness
from clew.discovery.staleness.workspace import staleness_in
from clew.journeys.model import Journey
from clew.questions.ask import ask
from clew.questions.ground import DIMENSIONS, Ground
from clew.questions.library import read_norms
from clew.questions.model import Answer, Query
from clew.questions.stages import titled
from clew.reports.actual import Answers, picture
from clew.reports.kept import kpi_lines
from clew.reports.model import Kpi, Picture
from clew.reports.picture.frame import Show
from clew.reports.standing import stalled_by_stage
from clew.web.analytics.permitted import require_coarse, screened, sees_accounts
from clew.web.pages.journeys.permitted import behind, permitted
from clew.web.pages.journeys.view import FILE, View

if TYPE_CHECKING:
    from clew.live.fresh.asking import FreshWorkspace

ALL = {"top": "0"}
Asks = Callable[..., Query]  # of a question's name and options: the query of a view
MOST_VALUES = 60


@dataclass(frozen=True)
class Drawn:
    """A journey as a view shows it.

    show       which sides somebody may see
    staleness  of the file as it is written, of the whole journey only
    by, groups attributes that one may split by, and the groups of the one that is chosen
    as_of      microseconds UTC up to which it tells
    """

    journey: Journey
    picture: Picture
    show: Show
    as_of: int
    kpis: Sequence[Kpi] = ()
    staleness: Staleness | None = None
    by: Sequence[str] = ()
    groups: Sequence[str] = ()
    notes: Sequence[str] = ()


def ground_of(workspace: FreshWorkspace, query: Query, version: str) -> Ground:
    """The ground of a query under a published version (FILE: the file as it is written)."""
    ground = workspace.ground(query)
    drafts = ground.folded
    published = ground.version

    def versions(name: str) -> object:
        return drafts if name == FILE or published is None else published(name)

    ground = replace(ground, version=versions)  # type: ignore[arg-type]
    if version in ("", FILE) or published is None:
        return ground
    folded = published(version)
    return replace(ground, folded=folded, norms=read_norms(workspace.store, folded.journey))


def draw(
    workspace: FreshWorkspace, actor: Actor, asks: Asks, view: View, here: Mapping[str, int | None], *, whole: bool
) -> Drawn:
    """Answer what the picture asks.

    here    runs in each stage as they are told beside it, None where hidden
    whole   it is of all runs as of now: a part of them, beside the whole, would tell of few accounts
    Raises  UnknownName, BadRequest, Forbidden
    """
    require_coarse(actor, asks("runs"))
    ground = ground_of(workspace, asks("runs"), view.version)
    drawn, show = _picture(ground, asks), Show()
    if not sees_accounts(actor):
        drawn = permitted(drawn, behind(ground), here)
        show = Show(actual=whole)
    return Drawn(
        journey=ground.journey,
        picture=drawn,
        show=show,
        as_of=ground.as_of,
        kpis=_kpis(actor, ground, asks("kpis")) if whole or sees_accounts(actor) else (),
        staleness=staleness_in(workspace, ground) if whole else None,
        by=_dimensions(actor, ground),
        groups=_groups(ground, view.by),
    )


def _picture(ground: Ground, asks: Asks) -> Picture:
    def answer(name: str, **options: str) -> Answer:
        return ask(ground, asks(name, **options))

    answers = Answers(answer("runs"), answer("funnel"), answer("time", **ALL), answer("transitions", **ALL))
    return picture(ground.journey, ground.firm, answers, stalled_by_stage(answer("stalled", **ALL)))


def _kpis(actor: Actor, ground: Ground, query: Query) -> Sequence[Kpi]:
    if not ground.journey.kpis:
        return ()
    answer = ask(ground, query)
    try:
        shown = screened(actor, ground, query, answer)
    except Forbidden:
        return ()
    return kpi_lines(replace(shown, extra=answer.extra))


def _dimensions(actor: Actor, ground: Ground) -> list[str]:
    if not sees_accounts(actor):
        return []
    return ["team", "variant", *sorted(ground.view.names["attribute"].texts())]


def _groups(ground: Ground, by: str) -> list[str]:
    if by in ("", "segment") or by in DIMENSIONS:
        return []
    return sorted(text for text in ground.view.names[f"attribute:{by}"].texts() if text)[:MOST_VALUES]


@dataclass(frozen=True)
class Difference:
    """Two groups, or two versions, stage by stage; each answer has a row a stage."""

    times: Answer
    reached: Answer


def difference(workspace: FreshWorkspace, actor: Actor, asks: Asks, view: View) -> Difference:
    """Compare how long runs stay and how far they come. Raises Forbidden where one side is of few accounts."""
    pair = (view.by, view.of, view.beside) if view.beside else ("version", view.version or FILE, view.against)
    time, funnel = (replace(asks(name), where={}, compare=pair) for name in ("time", "funnel"))
    require_coarse(actor, time)
    ground = ground_of(workspace, time, view.version)
    return Difference(
        *(_titled(ground, screened(actor, ground, query, ask(ground, query))) for query in (time, funnel))
    )


def _titled(ground: Ground, answer: Answer) -> Answer:
    """Call stages as pages do."""
    titles = {stage.name: titled(stage) for stage in ground.journey.stages}
    rows = [{**row, "row": titles.get(str(row["row"]), row["row"])} for row in answer.rows]
    return replace(answer, rows=rows)
