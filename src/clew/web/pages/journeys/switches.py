"""The switches of a journey's page: groups of plain links, each with what it shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clew.texts import gettext as _
from clew.web.frame.files import workspace_of
from clew.web.pages.journeys.drawing import Drawn
from clew.web.pages.journeys.view import FILE, SEGMENT, SHOWS, View

if TYPE_CHECKING:
    from clew.web.request import Asked


@dataclass(frozen=True)
class Switch:
    """One group of links: (words, address, whether it is chosen) each."""

    title: str
    links: Sequence[tuple[str, str, bool]]


@dataclass(frozen=True)
class Switches:
    """All of them.

    by    dimensions by which one may also split        groups  of the one that is chosen
    """

    groups: Sequence[Switch]
    by: Sequence[str] = ()
    values: Sequence[str] = ()


def switches_of(asked: Asked, view: View, versions: Sequence[str], drawn: Drawn | None) -> Switches:
    """Offer what a journey can be looked at by."""
    found = [
        _sides(view),
        _segments(asked, view),
        _beside(asked, view),
        _versions(view, versions),
        _against(view, versions),
    ]
    return Switches(
        [switch for switch in found if switch is not None],
        drawn.by if drawn else (),
        drawn.groups if drawn else (),
    )


def _sides(view: View) -> Switch:
    words = {"both": _("Planned and actual"), "planned": _("Planned"), "actual": _("Actual")}
    return Switch(_("Show"), [(words[name], view.address(show=name), view.show == name) for name in SHOWS])


def _segments(asked: Asked, view: View) -> Switch | None:
    names = list(workspace_of(asked.parts).firm.segments)
    if not names:
        return None
    links = [(_("All"), view.address(by="", of="", beside=""), not view.of)]
    links += [(name, view.address(by=SEGMENT, of=name, beside="", against=""), _is(view, name)) for name in names]
    if view.of and view.by != SEGMENT:
        links.append((f"{view.by}: {view.of}", view.address(beside=""), True))
    return Switch(_("Segment"), links)


def _is(view: View, name: str) -> bool:
    return view.by == SEGMENT and view.of == name


def _beside(asked: Asked, view: View) -> Switch | None:
    if not view.of or view.by != SEGMENT:
        return None
    names = [name for name in workspace_of(asked.parts).firm.segments if name != view.of]
    links = [(_("nothing"), view.address(beside=""), not view.beside)] if names else []
    links += [(name, view.address(beside=name, against=""), view.beside == name) for name in names]
    return Switch(_("Beside it"), links) if names else None


def _versions(view: View, versions: Sequence[str]) -> Switch | None:
    if len(versions) < 2:
        return None
    links = [(_("in force"), view.address(version="", against=""), not view.version)]
    links += [
        (_named(name), view.address(version=name, against="", beside=""), view.version == name) for name in versions
    ]
    return Switch(_("Version"), links)


def _against(view: View, versions: Sequence[str]) -> Switch | None:
    if not view.version:
        return None
    links = [(_("nothing"), view.address(against=""), not view.against)]
    links += [
        (_named(name), view.address(against=name, beside=""), view.against == name)
        for name in versions
        if name != view.version
    ]
    return Switch(_("Beside it"), links)


def _named(version: str) -> str:
    return _("the file") if version == FILE else version
