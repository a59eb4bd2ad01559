"""The demo: a sample firm brought to the present, loaded, connected, and living on while somebody looks."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

from clew import clock, logs
from clew.access.write_keys import Scope, add_key, end_key
from clew.app.system import System
from clew.config.store import STORE
from clew.demo.feed import Tool, feed
from clew.demo.living.old_crm import write_old_crm
from clew.demo.plan import Plan
from clew.demo.shifted import shift, weeks_until
from clew.demo.write import write_firm
from clew.errors import BadRequest
from clew.ingest.lock import alone
from clew.ingest.report import LoadReport
from clew.questions.library import open_workspace
from clew.workspace.versions import publish

PUBLISHER = "Silje Rietfeld"
_MARK = Path("truth") / "plan.json"  # what only a sample firm has


@dataclass(frozen=True)
class Made:
    """What preparing the demo did: whether the firm was written now, and its load."""

    is_new: bool
    load: LoadReport | None


def prepare(folder: Path, *, seed: int, today: datetime | None = None) -> Made:
    """Write the sample firm where there is none yet, bring its dates to the present, load it.

    Raises  BadRequest for a folder that holds something else
    """
    if (folder / _MARK).is_file() and (folder / "clew.yaml").is_file():
        return Made(False, None)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadRequest(f"{folder} holds something else than a sample firm; name a new folder, or an earlier demo's")
    partial = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        write_firm(partial, Plan(seed=seed))
        shift(partial, weeks_until((today or datetime.now(UTC)).date()))
        _connect(partial)
        workspace = open_workspace(partial)
        report = workspace.load(now=clock.now())
        for name in workspace.sound_journeys():
            publish(workspace, workspace.journey(name), at=clock.to_datetime(clock.now()), by=PUBLISHER)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    if folder.exists():
        folder.rmdir()
    partial.rename(folder)
    return Made(True, report)


def the_only_demo(folder: Path) -> AbstractContextManager[None]:
    """Hold a demo's folder, so that no second one sends the same events. Raises LoadRuns."""
    running = f"clew demo runs in {folder} already (process {{}}); open that one, stop it first, or name another folder"
    return alone(folder / STORE / "demo.lock", running)


def _connect(folder: Path) -> None:
    """Add the sources that receive what the firm's tools send from now on, and the export of a CRM taken over."""
    files = resources.files("clew.demo") / "workspace" / "living" / "sources"
    for file in files.iterdir():
        (folder / "sources" / file.name).write_bytes(file.read_bytes())
    write_old_crm(folder)


@contextmanager
def living(system: System, *, seed: int, pace: float) -> Iterator[Callable[[], None]]:
    """Let events arrive from when the yielded function is called until the end.

    pace  events a minute
    """
    stop = threading.Event()
    with _keys(system) as keys:

        def send() -> None:
            try:
                feed(system.folder, _own_address(system), keys, stop, seed=seed, pace=pace)
            except Exception as fault:
                logs.failure("the demo sends nothing any more", fault)

        thread = threading.Thread(target=send, name="feed", daemon=True)
        try:
            yield thread.start
        finally:
            stop.set()
            if thread.is_alive():
                thread.join(5)


@contextmanager
def _keys(system: System) -> Iterator[Mapping[Tool, str]]:
    """Make a key for each tool, for as long as the demo runs."""
    with system.database.write() as connection:
        made = {tool: add_key(connection, tool, scopes=[Scope.EVENTS], now=clock.now()) for tool in Tool}
    try:
        yield {tool: key for tool, (key, _) in made.items()}
    finally:
        with system.database.write() as connection:
            for _, kept in made.values():
                end_key(connection, kept.id, now=clock.now())


def _own_address(system: System) -> str:
    host = system.settings.host
    own = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{own}:{system.settings.port}"
