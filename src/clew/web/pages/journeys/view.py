"""How a journey is looked at: every switch stands in the address, and each is a plain link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from clew.errors import BadRequest, UnknownName
from clew.questions.model import Query
from clew.questions.reading import read_moment
from clew.web.addresses import address_of_journey
from clew.web.frame.files import workspace_of

if TYPE_CHECKING:
    from clew.web.request import Asked

FILE = "file"  # as a version: the journey as its file is written, published or not
SHOWS = ("both", "planned", "actual")
SEGMENT = "segment"


@dataclass(frozen=True)
class View:
    """What somebody wants to see of a journey; "" everywhere is the whole journey as it is now.

    show             both | planned | actual
    by, of, beside   a dimension, a group of it, and a second one to set beside it
    version          published version (or FILE) by which runs are read, "" the one in force
    against          a second version to set beside it
    as_of, known_at  as written: what had happened by then, as it was known then
    """

    journey: str
    show: str = SHOWS[0]
    by: str = ""
    of: str = ""
    beside: str = ""
    version: str = ""
    against: str = ""
    as_of: str = ""
    known_at: str = ""

    def address(self, **changed: str) -> str:
        """Where this is seen with some of it changed."""
        told = {**asdict(self), **changed}
        path = address_of_journey(told.pop("journey"))
        told = {name: value for name, value in told.items() if value and (name, value) != ("show", SHOWS[0])}
        if not told.get("of"):
            told.pop("by", None), told.pop("beside", None)
        return f"{path}?{urlencode(told)}" if told else path

    @property
    def is_whole(self) -> bool:
        """Whether everything is seen as it is now: only then what is live belongs to it."""
        return self.is_now and not self.of and not self.version and not self.against

    @property
    def is_now(self) -> bool:
        return not self.as_of and not self.known_at

    @property
    def is_live(self) -> bool:
        """Whether what is so now stands on the picture: it is of all runs, under the version in force."""
        return self.is_whole and self.show != "planned"

    def second(self) -> View | None:
        """The one beside it, None where there is none."""
        if self.beside:
            return replace(self, of=self.beside, beside="")
        return replace(self, version=self.against, against="") if self.against else None


def view_of(asked: Asked, versions: Sequence[str]) -> View:
    """Read the switches of a request.

    versions  that there are
    Raises    UnknownName, BadRequest
    """
    show = asked.query("show") or SHOWS[0]
    if show not in SHOWS:
        raise UnknownName("side of the picture", show, SHOWS)
    names = ("by", "of", "beside", "version", "against", "as_of", "known_at")
    told = {name: asked.query(name).strip() for name in names}
    for name in ("version", "against"):
        if told[name] and told[name] not in versions:
            raise UnknownName(f"version of '{asked.path['journey']}'", told[name], versions)
    if told["beside"] and told["against"]:
        raise BadRequest("compare two groups or two versions, not both: leave out 'beside' or 'against'")
    if told["beside"] and (not told["of"] or told["of"] == told["beside"]):
        raise BadRequest(f"nothing to set beside '{told['beside']}'; choose another group as 'of'")
    told["by"] = told["by"] or (SEGMENT if told["of"] else "")
    view = View(asked.path["journey"], show, **told)
    moments_of(asked, view)
    return view


def moments_of(asked: Asked, view: View) -> tuple[int | None, int | None]:
    """The two times of a view in microseconds UTC, None where it is of now. Raises BadRequest."""
    zone = workspace_of(asked.parts).firm.time_zone
    found = [
        read_moment(text or None, name, zone=zone, now=asked.now)
        for text, name in ((view.as_of, "as-of"), (view.known_at, "known-at"))
    ]
    if any(at is not None and at > asked.now for at in found):
        raise BadRequest("nobody knows what will have happened; choose a day that has passed")
    return found[0], found[1]


def query_of(asked: Asked, view: View, question: str, **options: str) -> Query:
    """The query of one question on what a view shows."""
    as_of, known_at = moments_of(asked, view)
    where = {view.by: (view.of,)} if view.of else {}
    return Query(question, view.journey, where=where, options=options, as_of=as_of, known_at=known_at)
