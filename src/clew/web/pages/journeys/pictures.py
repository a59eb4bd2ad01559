"""The picture of a journey for every width that a page may have, and the tables that hold its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from clew.firm.model import Firm
from clew.journeys.model import Journey
from clew.questions.model import Unit
from clew.questions.stages import titled
from clew.reports.model import Figure, Picture, Stage
from clew.reports.picture.frame import Frame, Overlay, Show, To
from clew.reports.picture.tall import tall, tall_live
from clew.reports.picture.text import describe
from clew.reports.picture.wide import RowDrawings, wide
from clew.reports.plan import planned

# Pixels for which it is drawn: a page shows the one that fits, the printer the one as wide as its paper.
WIDTHS = {"wide": 1120.0, "middle": 896.0, "small": 688.0}
TALL = 328.0
PLAN_ALONE = Show(planned=True, actual=False, times=False)


@dataclass(frozen=True)
class Framed:
    """What the drawings of one journey share.

    key  begins the ids of its drawings: two stand on one page
    """

    title: str
    key: str
    currency: str
    show: Show
    link: str
    to: To | None = None
    overlay: Overlay | None = None


@dataclass(frozen=True)
class Pictures:
    """One picture by width: (name that the style knows, drawings by row), and the tall one in two parts."""

    key: str
    wide: Sequence[tuple[str, Sequence[RowDrawings]]]
    tall: Markup
    tall_live: Markup | None

    def live(self) -> Iterator[tuple[str, Markup]]:
        """Yield what renews itself, each under the id of the place where it stands."""
        for name, rows in self.wide:
            for number, row in enumerate(rows):
                if row.live is not None:
                    yield f"{self.key}-{name}-{number}", row.live
        if self.tall_live is not None:
            yield f"{self.key}-tall", self.tall_live


def pictures(picture: Picture, framed: Framed) -> Pictures:
    """Draw a picture for every width."""
    told = describe(picture) if framed.show.actual else ""

    def frame(name: str, width: float) -> Frame:
        return Frame(
            title=framed.title,
            description=told,
            key=f"{framed.key}-{name}-svg",
            width=width,
            currency=framed.currency,
            link=framed.link,
            show=framed.show,
            overlay=framed.overlay,
            to=framed.to,
        )

    across = [(name, wide(picture, frame(name, width))) for name, width in WIDTHS.items()]
    narrow = frame("tall", TALL)
    return Pictures(framed.key, across, tall(picture, narrow), tall_live(picture, narrow) if framed.overlay else None)


def plan_alone(journey: Journey, firm: Firm, *, before: bool = False) -> Picture:
    """The picture of a journey of which nothing is worked out yet: its stages as they are planned."""
    nothing = Figure(None, Unit.SPAN)
    stages = [
        Stage(
            stage.name, titled(stage), Figure(0.0), 0, 0, nothing, nothing, Figure(None), planned(journey, stage, firm)
        )
        for stage in journey.stages
    ]
    if before:
        stages.insert(0, replace(stages[0], name="before", title="Before the first stage", before=True))
    return Picture(tuple(stages), (), (), 1)
