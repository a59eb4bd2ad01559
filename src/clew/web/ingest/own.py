"""Clew's own way in: a list of events, and a verdict for each in the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clew.ingest.wires.checking import Checked, Verdict
from clew.ingest.wires.model import Wire
from clew.web.endpoint import Endpoint
from clew.web.ingest.answers import done_saying
from clew.web.ingest.ways import Way, endpoint

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


def _is_history(request: Request) -> bool:
    return request.query_params.get("backfill", "").casefold() in ("true", "1", "yes")


def _verdicts(body: bytes, checked: Checked) -> Response:
    """Answer for each event, in the order of the body; one that is rejected waits among the rejected events."""
    del body
    results = [_verdict(verdict) for verdict in checked.verdicts or ()]
    rejected = sum(1 for result in results if result["result"] == "rejected")
    counts = {"success": True, "accepted": checked.events - rejected, "rejected": rejected}
    return done_saying({**counts, "results": results})


def _verdict(verdict: Verdict) -> dict[str, str]:
    told = {"id": verdict.id} if verdict.id else {}
    if verdict.why is None:
        return told | {"result": "accepted"}
    return told | {"result": "rejected", "why": verdict.why, "place": verdict.place, "detail": verdict.detail}


_EVENTS = Way((Wire.CLEW,), "events", quiet=_is_history, answer=_verdicts)

ENDPOINTS: tuple[Endpoint, ...] = (endpoint("/v1/events", _EVENTS),)
