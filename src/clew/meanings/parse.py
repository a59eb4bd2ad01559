"""meanings.yaml: what events mean, so that detectors can see."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from clew.files.reading import Reading
from clew.files.scalars import text
from clew.files.scan import scan
from clew.files.shapes import Found, Key, Record
from clew.files.tree import Node
from clew.meanings.model import Meanings
from clew.meanings.parts import (
    account_shape,
    asked_shape,
    attribute_shape,
    frictions_shape,
    named_ready,
    named_scores,
    promises_shape,
    ready_shape,
    requests_shape,
    scores_shape,
    sent_shape,
    silence_shape,
    stated_shape,
    when,
    window,
)

FIELDS: Mapping[str, Key[Any]] = {
    "revenue": Key(attribute_shape(), "What an account brings a year: {attribute: annual_revenue}."),
    "about": Key(text("the name of a property"), "Kept property that names the topic of an event, as topic."),
    "account": Key(account_shape(), "Which attributes say who an account is, where they bear no usual name."),
    "customers": Key(
        when(), "An account is a customer from the first time this happens; absent: from its first event."
    ),
    "lost": Key(when(), "An account is lost when this happens."),
    "renewed": Key(when(), "An account renews."),
    "expanded": Key(when(), "An account buys more."),
    "loud": Key(when(), "Complaints and escalations: signals that nobody can overhear."),
    "notice": Key(window(), "A loud signal so long before a loss counts as a warning of it; absent: 180 days."),
    "sent": Key(sent_shape(), "Touches that the firm makes: messages that customers receive."),
    "engaged": Key(when(), "Customers engage with content: a mail opened, a page read, a webinar attended."),
    "did": Key(when(), "Customers do something; absent: what counts as a sign of life (silence: when)."),
    "asked": Key(asked_shape(), "What the firm asks of a customer, and what the customer answers."),
    "stated": Key(stated_shape(), "What teams tell a customer about a topic."),
    "promises": Key(promises_shape(), "What was promised and what keeps it."),
    "requests": Key(requests_shape(), "Requests of customers, as the service desk keeps them."),
    "scores": Key(scores_shape(), "Survey scores by name, and from where on they are good or poor."),
    "frictions": Key(frictions_shape(), "When small frictions pile up."),
    "silence": Key(silence_shape(), "When an account is silent against its own rhythm."),
    "ready": Key(ready_shape(), "What accounts can be ready for, by name: the condition, and the outreach expected."),
}


def _build(found: Found) -> Meanings:
    if "about" in found.values:
        found.reading.mention("property", found["about"], found.place("about"))
    return Meanings(**{**found.values, "scores": named_scores(found), "ready": named_ready(found)})


MEANINGS: Record[Meanings] = Record(FIELDS, _build)


def read_meanings(tree: Node, reading: Reading) -> Meanings | None:
    """Read meanings.yaml from its tree; problems and names go to `reading`."""
    return MEANINGS.read(tree, reading)


def parse_meanings(written: str, path: Path) -> Meanings:
    """Read meanings.yaml alone, without looking at other files. Raises FileProblems."""
    reading = Reading(path)
    meanings = read_meanings(scan(written, path), reading)
    reading.raise_problems()
    assert meanings is not None
    return meanings
