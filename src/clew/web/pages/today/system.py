"""What whoever looks after sources and tools must know: what fails, what was refused, who works."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from clew.duplicates.queries import open_count
from clew.live.health.failing import failing
from clew.texts import gettext as _
from clew.texts import ngettext
from clew.web.pages.sources.listing import all_standings
from clew.web.pages.today.model import Line, Section
from clew.web.queries.health import processes

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from clew.web.request import Asked
    from clew.workspace.workspace import Workspace


def pipes(asked: Asked, connection: Connection, workspace: Workspace) -> Section:
    """Everything that keeps events from counting, worst first."""
    lines = [*_working(asked, connection), *_files(workspace), *_sources(asked, connection)]
    lines += [*_failing(asked, connection), *_duplicates(connection)]
    calm = _("Every source receives what it should, nothing was refused, and every duty is done.")
    return Section("pipes", _("Pipes"), lines, len(lines), "/pipes", calm)


def _working(asked: Asked, connection: Connection) -> Iterator[Line]:
    found = processes(connection, asked.now)
    if not any(one.state == "working" and one.role in ("serve", "worker") for one in found):
        yield Line("bad", _("Workers"), _("Nothing works on what arrives."), do=_("See what runs"), href="/workers")


def _files(workspace: Workspace) -> Iterator[Line]:
    if count := len(workspace.problems):
        says = ngettext("The files hold %(count)d mistake.", "The files hold %(count)d mistakes.", count)
        yield Line("bad", _("Files"), says % {"count": count}, do=_("Mend them"), href="/sources")


def _sources(asked: Asked, connection: Connection) -> Iterator[Line]:
    found = all_standings(asked, connection)
    for one in found:
        if one.receives and one.state[0] in ("bad", "late"):
            says = _("Source %(name)s: %(state)s.") % {"name": one.name, "state": one.state[1]}
            yield Line(one.state[0], _("Source"), says, do=_("Look at it"), href=f"/sources/{one.name}")
    if refused := sum(one.waiting for one in found):
        says = ngettext("%(count)d event could not be used.", "%(count)d events could not be used.", refused)
        yield Line("bad", _("Rejected"), says % {"count": refused}, do=_("Mend them"), href="/rejected")


def _failing(asked: Asked, connection: Connection) -> Iterator[Line]:
    for says in failing(connection, now=asked.now).sentences(asked.now):
        yield Line("bad", _("Fails"), f"{says[0].upper()}{says[1:]}.", do=_("See what runs"), href="/workers")


def _duplicates(connection: Connection) -> Iterator[Line]:
    if count := open_count(connection):
        says = ngettext(
            "%(count)d pair of accounts is probably one.", "%(count)d pairs of accounts are probably one each.", count
        )
        yield Line("waiting", _("Duplicates"), says % {"count": count}, do=_("Decide"), href="/duplicates")
