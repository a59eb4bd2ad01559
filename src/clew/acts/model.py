"""Acts: events that a person's doing on a page, or a call of the API, becomes.

An act speaks the firm's words: a receipt on a page is the event that the journey's file names as `accepted`, so that
journeys, detectors and questions see it as they see those of other systems. Where the firm named none, DEFAULTS hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from clew.context.vocabulary import SOURCE

__all__ = ["SOURCE", "Act"]


@dataclass(frozen=True)
class Act:
    """One act, on one account.

    event       name of the event; "" where it tells of none (merging, splitting)
    account     thread
    contact     identifier of the person outside as the person store knows it, "person:<number>", "" for none
    contact_name  what the person is called, where that is news
    at          when it occurred, microseconds UTC: by default the moment of writing it down
    properties  kept in the log      attributes  of the account, in force from `at`
    subject     "kind:id" of the thing it is about, "" for the account itself
    same, apart pairs of entities ("desk:4711") that a person says are one account, or are not
    """

    event: str
    account: str
    contact: str = ""
    contact_name: str = ""
    at: int | None = None
    team: str = ""
    channel: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    subject: str = ""
    same: tuple[tuple[str, str], ...] = ()
    apart: tuple[tuple[str, str], ...] = ()
