"""The work: who does it, what waits, what was put aside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, func, select

from clew.clock import DAY_US, US
from clew.db.engine import Database
from clew.db.tables import backup, held, parked, rejected, upload, worker
from clew.live.health.doctor.model import Finding, fine, look, wrong
from clew.live.health.failing import TASKS, failing
from clew.live.health.processes import SILENT_US, State, is_working, state_of
from clew.live.model import RejectedState, UploadState
from clew.metrics import Measure
from clew.questions.words import counted

_PATIENCE_S = 60.0  # a backlog that is older than this is one
_BACKUP_US = 7 * DAY_US


def examine_backlog(measured: Mapping[str, Measure], *, working: int) -> Iterator[Finding]:
    """See how far behind the work is. working: processes that are alive."""
    lags = {
        "clew_inbox_lag_seconds": ("inbox", "events acknowledged {} ago are not taken in"),
        "clew_fold_lag_seconds": ("journeys", "events learnt {} ago are not in the state of journeys"),
        "clew_due_overdue_seconds": ("due", "instants that were due {} ago did not wake anything"),
    }
    for name, (area, says) in lags.items():
        lag = measured[name].value
        if lag <= _PATIENCE_S:
            continue
        mend = "start another 'clew worker', or wait for the backlog's end" if working else "start 'clew serve'"
        yield (look if working else wrong)(area, says.format(_long(lag)), mend)
    if all(measured[name].value <= _PATIENCE_S for name in lags):
        yield fine("backlog", "nothing waits for more than a minute")


def examine_processes(connection: Connection, *, now: int) -> Iterator[Finding]:
    """Find processes that vanished without a word."""
    told = [(state_of(one.seen_at, one.stopped_at, now=now), one) for one in connection.execute(select(worker))]
    working, lost = ([one for state, one in told if state is wanted] for wanted in (State.WORKING, State.SILENT))
    ahead = [one for one in working if one.seen_at > now + SILENT_US]
    for one in ahead:
        says = f"{one.role} {one.process} on {one.host} was seen in the future"
        yield look("workers", says, "let all machines keep time by the network (NTP)")
    for one in lost:
        says = f"{one.role} {one.process} on {one.host} is silent since {_long((now - one.seen_at) / US)}"
        yield look("workers", says, "others have taken its work over; see whether it still runs, and start it again")
    if not lost:
        named = ", ".join(f"{one.role} {one.process} on {one.host}" for one in working) or "none runs now"
        yield fine("workers", named)


def examine_aside(connection: Connection) -> Iterator[Finding]:
    """Count what was put aside and waits for a person."""
    waiting = select(func.count()).select_from(rejected).where(rejected.c.state == RejectedState.WAITING)
    if count := connection.execute(waiting).scalar_one():
        yield look(
            "rejected", f"{count:,} events could not be used", "see 'clew rejected', mend the mapping, replay them"
        )
    if count := connection.execute(select(func.count()).select_from(held)).scalar_one():
        yield fine("held", f"{count:,} events lie in the future and are taken in when their time has come")
    failed = select(upload.c.file).where(upload.c.state == UploadState.FAILED)
    for name in connection.execute(failed).scalars():
        yield look("uploads", f"{name} could not be loaded", "see its source's page, mend the file, send it again")
    if count := connection.execute(select(func.count()).select_from(parked)).scalar_one():
        says = f"{count:,} events made the fold of their account fail and are left out"
        yield wrong(
            "journeys", says, "see 'clew rejected': it is a mistake of ours to report; a newer Clew takes them up"
        )


def examine_failing(connection: Connection, *, now: int) -> Iterator[Finding]:
    """Name what fails and is tried again."""
    found = failing(connection, now=now)
    for one in found.duties:
        says = f"{one.says(now)} in process {one.process} on {one.host}, and is tried again"
        yield wrong("workers", says, "look for 'error' in the log of that process; mend its cause, as a full disk")
    if found.accounts:
        says = f"{counted(found.accounts, 'account')} could not be brought up to date; tried again by themselves"
        yield wrong("journeys", says, "look for 'error' in the log of the workers: it is a mistake of ours to report")
    for name, error in found.tasks.items():
        says = f"{TASKS.get(name, name)} failed ({error}), and is tried again"
        yield wrong("schedule", says, "run 'clew check'; look for mistakes in the files of the workspace")


def examine_backups(connection: Connection, *, now: int) -> Iterator[Finding]:
    """Say when the last backup was made."""
    last = connection.execute(select(func.max(backup.c.at)).where(backup.c.bytes > 0)).scalar()
    if last is None:
        yield look("backup", "no backup was made yet", "clew backup FILE")
    elif now - last > _BACKUP_US:
        yield look("backup", f"the last backup is {_long((now - last) / US)} old", "clew backup FILE")
    else:
        yield fine("backup", f"the last backup is {_long((now - last) / US)} old")


def alive_processes(database: Database, *, now: int) -> int:
    """Return how many processes were seen just now."""
    with database.read() as connection:
        asked = select(func.count()).select_from(worker).where(is_working(now=now))
        return int(connection.execute(asked).scalar_one())


def _long(seconds: float) -> str:
    for unit, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:,.0f} {unit}"
    return f"{seconds:,.0f} seconds"
