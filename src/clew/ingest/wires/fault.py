"""Why a body or an event cannot be used, on its way up."""

from __future__ import annotations

from clew.errors import ClewError
from clew.ingest.wires.model import Why


class Unusable(Exception):
    """An event that cannot be used.

    place   the field at fault, as properties.amount; "" where the whole event is
    detail  a sentence that says what is allowed, and nothing of what was sent: it is kept longer than the event
    """

    def __init__(self, why: Why, place: str, detail: str) -> None:
        super().__init__(detail)
        self.why, self.place, self.detail = why, place, detail


class BadBody(ClewError):
    """A body of which nothing can be used.

    code  bad-json: it is no JSON; bad-body: it has another form; too-deep: nested too deeply; too-many-events
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
