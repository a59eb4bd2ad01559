"""Draw a page inside the frame, or the one part of it that a live page asks for anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from clew.errors import FileProblems
from clew.texts import gettext as _
from clew.texts import spoken
from clew.web.frame.environment import environment, render_block
from clew.web.frame.files import workspace_of
from clew.web.frame.navigation import is_here, places_for
from clew.web.frame.said import SAID

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked

DEFAULTS: Mapping[str, Any] = {"updates": (), "next": None, "said": "", "crumbs": (), "names": {}}


def draw(asked: Asked, template: str, values: Mapping[str, Any], status: int = 200) -> Response:
    """Answer with a page. A request of htmx names the part it wants by its id: `id="rows"` is `{% block rows %}`.

    values  what the template shows; `updates` the topics that renew it, `next` its NextStep, `crumbs` pages above it,
            `names` of accounts that it speaks of
    """
    from starlette.responses import HTMLResponse

    shown = {**DEFAULTS, **frame_values(asked), **values}
    part = asked.request.headers.get("hx-target", "") if asked.request.headers.get("hx-request") else ""
    text = render_block(template, part.replace("-", "_"), shown) if part else None
    if text is None:
        text = environment().get_template(template).render(shown)
    return HTMLResponse(text, status, headers={"Cache-Control": "no-store", "Vary": "HX-Request"})


def frame_values(asked: Asked) -> dict[str, Any]:
    """What the frame itself shows."""
    path = asked.request.url.path
    firm = _firm(asked)
    return {
        "asked": asked,
        "language": spoken(),
        "actor": asked.actor,
        "may": asked.may,
        "csrf": asked.csrf,
        "now": asked.now,
        "zone": firm[1],
        "firm": firm[0],
        "here": path + (f"?{asked.request.url.query}" if asked.request.url.query else ""),
        "places": list(places_for(asked.may)) if asked.is_signed_in else [],
        "is_here": lambda place: is_here(place, path),
        "said": _(said) if (said := SAID.get(asked.query("said"))) else "",
    }


def _firm(asked: Asked) -> tuple[str, str]:
    """Name and zone of the firm; a clew.yaml with mistakes must not keep anybody from the pages that mend it."""
    try:
        firm = workspace_of(asked.parts).firm
    except FileProblems:
        return asked.parts.folder.name, "UTC"
    return firm.name, firm.time_zone
