"""Workers: which processes work, how far they are, what waits, and what to do where something is unwell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clew.access.model import Permission
from clew.live.health.failing import failing
from clew.live.health.processes import State
from clew.web.endpoint import Endpoint
from clew.web.frame.next_step import NextStep
from clew.web.frame.times import lasting
from clew.web.pages.working import WORDS, details_of, work_of
from clew.web.queries.health import Held, Process, figures, leases, processes

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
    if not [one for one in working if one.role in ("serve", "worker")]:
        if failed:
            says = f"No process works on what arrives: {failed[0]}. See the log, or run: clew doctor"
            return NextStep(says, kind="bad")
        says = "No process works on what arrives; events are kept and wait. Start one with: clew worker"
        return NextStep(says, kind="bad")
    if failed:
        return NextStep(
            f"{failed[0][0].upper()}{failed[0][1:]}. See the log of the workers, or run: clew doctor", kind="bad"
        )
    lag = max(waits["clew_inbox_lag_seconds"], waits["clew_fold_lag_seconds"], waits["clew_due_overdue_seconds"])
    if lag > LONG_S:
        says = f"Something has waited for {lasting(lag)}. One more process helps: clew worker"
        return NextStep(says, kind="late")
    if silent:
        says = f"Process {silent[0].process} on {silent[0].host} is silent; others have taken its work over."
        return NextStep(says, kind="late")
    return NextStep("All is well; nothing to do.", kind="good")


def show(asked: Asked) -> Response:
    """The page."""
    with asked.parts.database.read() as connection:
        found = processes(connection, asked.now)
        held = leases(connection, asked.now)
        failed = failing(connection, now=asked.now)
    waits = figures(asked.parts.database, asked.parts.store, asked.now)
    by_state = {state: [one for one in found if one.state is state] for state in State}
    return asked.page(
        "workers.html.j2",
        next=next_step(by_state[State.WORKING], by_state[State.SILENT], waits, failed.sentences(asked.now)),
        updates=("workers",),
        processes=[*by_state[State.WORKING], *by_state[State.SILENT], *by_state[State.STOPPED][:5]],
        duties=duties(held),
        waits=waits,
        work_of=work_of,
        details_of=details_of,
        words=WORDS,
        shapes={State.WORKING: "good", State.SILENT: "bad", State.STOPPED: "none"},
        failed=failed.accounts,
    )


ENDPOINTS = (Endpoint("/workers", ("GET",), Permission.SEE, show),)
