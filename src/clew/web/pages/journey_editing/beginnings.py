"""How a new journey may begin: from a template, from what the log shows, or with three empty stages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from clew.discovery.drafting.draft import Wish
from clew.discovery.drafting.for_workspace import draft_of
from clew.errors import BadRequest
from clew.files.edits import put
from clew.journeys.parse import parse_journey
from clew.texts import _
from clew.web.analytics.keeping import analytics_of
from clew.workspace.create import template_files, template_names

if TYPE_CHECKING:
    from clew.web.request import Asked

LOG, EMPTY = "log", "empty"
_EMPTY_FILE = """\
# yaml-language-server: $schema=../schemas/journey.schema.json
# What should happen to a customer, stage by stage. The latest matching event decides in which stage a run is.
journey: {name}
title: {title}
stages:
  - stage: begun
    title: Begun
    enter: {{event: {event}}}     # the event that brings a run here, spelled as its source spells it
  - stage: at-work
    title: At work
    enter: {{event: {event}}}
    limit: 14 days             # longer than this is stalled
  - stage: done
    title: Done
    enter: {{event: {event}}}
"""
_EXAMPLE = "name of an event"


def beginnings() -> list[tuple[str, str, str]]:
    """What there is to choose: (value, words, what one gets)."""
    teaches = {
        "onboarding": _("from signature to use, with a handoff and silence as an end"),
        "escalation": _("a ticket through the lines of support, with receipts"),
        "renewal": _("begins 120 days before a date of the contract"),
    }
    templates = [(name, _("Template %(name)s") % {"name": name}, teaches.get(name, "")) for name in template_names()]
    log = (LOG, _("From the log"), _("drafted from the events that have arrived, each stage with its counts"))
    return [log, *templates, (EMPTY, _("Three empty stages"), _("a commented file to fill in"))]


def begin(asked: Asked, way: str, name: str, title: str) -> str:
    """Return the text of a new journey. Raises BadRequest, UnknownName."""
    if way == EMPTY:
        made = put(_EMPTY_FILE.format(name=name, title="x", event=_EXAMPLE), ("title",), title or name)
    elif way == LOG:
        made = _from_log(asked, name, title)
    elif way in template_names():
        files = template_files(way)
        text = next(text for file, text in files.items() if file.startswith("journeys/"))
        made = put(put(text, ("journey",), name), ("title",), title or name)
    else:
        raise BadRequest(f"'{way}' is no way to begin; allowed: {', '.join(one for one, _, _ in beginnings())}")
    parse_journey(made, Path(f"journeys/{name}.yaml"))
    return made


def _from_log(asked: Asked, name: str, title: str) -> str:
    subject = asked.form("subject").strip() or None
    wish = Wish(name, subject, None, (), ())
    text = analytics_of(asked.parts).look(asked.now, lambda workspace: draft_of(workspace, wish).text)
    return put(text, ("title",), title) if title else text
