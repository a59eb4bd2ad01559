"""Editions of a journey, published or draft, and what changed between two of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clew.journeys.changes import Change, compare
from clew.journeys.model import Journey
from clew.workspace.frozen import FirmParts, compare_parts, parts_of
from clew.workspace.publications import latest_version
from clew.workspace.versions import read_version
from clew.workspace.workspace import Workspace


@dataclass(frozen=True)
class Edition:
    """A journey with what it takes from the firm.

    label  what people call it: "version 3f2a9b11c0de" or "draft"
    """

    label: str
    journey: Journey
    parts: FirmParts


def draft_edition(workspace: Workspace, name: str) -> Edition:
    """The draft of a journey. Raises UnknownName."""
    journey = workspace.journey(name)
    return Edition("draft", journey, parts_of(workspace.firm, journey))


def published_edition(workspace: Workspace, name: str, version: str | None = None) -> Edition | None:
    """A published version, absent the last one; None where the journey was never published. Raises UnknownName."""
    if version is None:
        latest = latest_version(workspace, name)
        if latest is None:
            return None
        version = latest.version
    journey, parts = read_version(workspace, name, version)
    return Edition(f"version {journey.version}", journey, parts)


def changes_between(old: Edition, new: Edition) -> Sequence[Change]:
    """Everything that changed, in the journey and in what it takes from the firm."""
    return (*compare(old.journey, new.journey), *compare_parts(old.parts, new.parts, new.journey))
