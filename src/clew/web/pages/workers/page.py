"""Workers: which processes work, how far they are, what waits, and what to do where something is unwell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clew.access.model import Permission
from clew.live.health.failing import failing
from clew.live.health.processes import State
from clew.texts import N_
from clew.texts import gettext as _
from clew.web.endpoint import Endpoint
from clew.web.frame.lists import Column, Filter, Listing, exported, page_of, wanted_of
from clew.web.frame.next_step import NextStep
from clew.web.frame.times import lasting
from clew.web.pages.workers.doing import WORDS, details_of, work_of
from clew.web.queries.health import Held, Process, figures, leases, processes
from clew.web.signing_in.reading import told_time

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked

LONG_S = 60.0  # a lag that a person should look at


@dataclass(frozen=True)
class Duty:
    """Leases of one kind: intake, archive, fold, ...

    held   how many of them somebody holds        owners  who
    """

    name: str
    held: int
    of: int
    owners: Sequence[str]


def duties(leases: Sequence[Held]) -> list[Duty]:
    """Put the leases of shards together."""
    kinds: dict[str, list[Held]] = {}
    for one in leases:
        kinds.setdefault(one.name.partition(":")[0], []).append(one)
    return [
        Duty(
            name,
            sum(one.is_held for one in some),
            len(some),
            sorted({_process(one.owner) for one in some if one.is_held}),
        )
        for name, some in sorted(kinds.items())
    ]


def _process(owner: str) -> str:
    """Host and number of the process: what its row in the table above says."""
    return " ".join(owner.split(":")[:2])


def next_step(
    working: Sequence[Process], silent: Sequence[Process], waits: Mapping[str, float], failed: Sequence[str]
) -> NextStep:
    """Say what to do where something is unwell. failed: sentences of what fails, worst first."""
    look = _("See the log of the workers, or run: %(command)s") % {"command": "clew doctor"}
    if not [one for one in working if one.role in ("serve", "worker")]:
        if failed:
            says = _("No process works on what arrives: %(failed)s.") % {"failed": failed[0]}
            return NextStep(f"{says} {look}", kind="bad")
        says = _("No process works on what arrives; events are kept and wait. Start one with: %(command)s")
        return NextStep(says % {"command": "clew worker"}, kind="bad")
    if failed:
        return NextStep(f"{failed[0][0].upper()}{failed[0][1:]}. {look}", kind="bad")
    lag = max(waits["clew_inbox_lag_seconds"], waits["clew_fold_lag_seconds"], waits["clew_due_overdue_seconds"])
    if lag > LONG_S:
        says = _("Something has waited for %(span)s. One more process helps: %(command)s")
        return NextStep(says % {"span": lasting(lag), "command": "clew worker"}, kind="late")
    if silent:
        told = {"process": silent[0].process, "host": silent[0].host}
        says = _("Process %(process)s on %(host)s is silent; others have taken its work over.") % told
        return NextStep(says, kind="late")
    return NextStep(_("All is well; nothing to do."), kind="good")


STATES = {State.WORKING: N_("working"), State.SILENT: N_("silent"), State.STOPPED: N_("stopped")}
ROLES = {"serve": N_("serve"), "web": N_("web"), "worker": N_("worker")}
COLUMNS = ("host", "process", "role", "version", "state", "seen_at", "started_at", "stopped_at", "does")


def listing() -> Listing:
    """Declare the list of processes: unless asked otherwise those that work come first."""
    return Listing(
        columns=(
            Column("process", _("Process")),
            Column("state", _("State"), sorts=False),
            Column("seen", _("Seen"), rises=False),
            Column("started", _("Started"), rises=False),
            Column("does", _("Does"), sorts=False),
        ),
        filters=(
            Filter("state", _("State"), [(state.value, _(words)) for state, words in STATES.items()]),
            Filter("role", _("Role"), [(role, _(words)) for role, words in ROLES.items()]),
        ),
    )


def _value(one: Process, name: str) -> Any:
    told = {"process": (one.host, one.process), "state": one.state.value, "role": one.role}
    return told.get(name) or {"seen": one.seen_at, "started": one.started_at}[name]


def _cells(found: Sequence[Process]) -> Iterator[Sequence[Any]]:
    for one in found:
        times = (told_time(at) for at in (one.seen_at, one.started_at, one.stopped_at))
        does = "; ".join(work.does for work in work_of(one))
        yield one.host, one.process, one.role, one.version, one.state.value, *times, does


def show(asked: Asked) -> Response:
    """The page, or the processes as a file."""
    wanted = wanted_of(asked, listing())
    with asked.parts.database.read() as connection:
        found = processes(connection, asked.now)
        held = leases(connection, asked.now)
        failed = failing(connection, now=asked.now)
    by_state = {state: [one for one in found if one.state is state] for state in State}
    page = page_of([one for state in STATES for one in by_state[state]], wanted, _value)
    if wanted.form:
        return exported(asked, "workers", COLUMNS, _cells(page.rows), wanted.form)
    waits = figures(asked.parts.database, asked.parts.store, asked.now)
    return asked.page(
        "workers.html.j2",
        next=next_step(by_state[State.WORKING], by_state[State.SILENT], waits, failed.sentences(asked.now)),
        updates=("workers",),
        listing=listing(),
        page=page,
        has_processes=bool(found),
        duties=duties(held),
        waits=waits,
        work_of=work_of,
        details_of=details_of,
        words=WORDS,
        states=STATES,
        roles=ROLES,
        shapes={State.WORKING: "good", State.SILENT: "bad", State.STOPPED: "none"},
        failed=failed.accounts,
    )


ENDPOINTS = (Endpoint("/workers", ("GET",), Permission.SEE, show),)
