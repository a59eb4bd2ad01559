"""Where the workspace stands: its files, settings, secrets, and room on the disk."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from clew.accounts.persons import PERSONS, SALT
from clew.config import SETTINGS, settings_file
from clew.config.reading import SECRET_FILE
from clew.db.engine import INBOX, OPERATIONS
from clew.live.health.doctor.model import Finding, fine, look, wrong
from clew.workspace.workspace import open_workspace

_LEAST_ROOM, _LITTLE_ROOM = 200_000_000, 2_000_000_000  # bytes
_FOR_ITS_OWNER = (SECRET_FILE, PERSONS, SALT, OPERATIONS, INBOX)
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def examine_files(folder: Path) -> Iterator[Finding]:
    """Read the workspace's files as every command does."""
    problems = open_workspace(folder).problems
    if problems:
        more = f" and {len(problems) - 1:,} more" if len(problems) > 1 else ""
        yield wrong(
            "files", f"{problems[0]}{more}", "mend what 'clew check' lists; until then journeys stay as they are"
        )
    else:
        yield fine("files", "clew.yaml, sources and journeys hold no mistakes")


def examine_environment(store: Path, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Find a settings file with secrets that others may read; what is misspelt `read_settings` finds."""
    path = settings_file(store, environ)
    if path.is_file() and _open_to_others(path) and _holds_secrets(path):
        yield wrong("settings", f"others on this machine may read the secrets in {path}", f"chmod 600 {path}")


def examine_secrets(store: Path) -> Iterator[Finding]:
    """Find files with secrets or persons that others on this machine may read."""
    open_ones = [name for name in _FOR_ITS_OWNER if (store / name).exists() and _open_to_others(store / name)]
    for name in open_ones:
        yield wrong("secrets", f"others on this machine may read {store / name}", f"chmod 600 {store / name}")
    if _open_to_others(store):
        yield wrong("secrets", f"others on this machine may look into {store}", f"chmod 700 {store}")
    elif not open_ones:
        yield fine("secrets", "only their owner may read what Clew keeps")


def examine_disk(store: Path) -> Iterator[Finding]:
    """See how much room there is for the log."""
    room = shutil.disk_usage(store).free
    said = f"{room / 1e9:,.1f} GB are free where {store} stands"
    if not os.access(store, os.W_OK):
        yield wrong("disk", f"{store} may not be written", "give the user that runs Clew the right to write there")
    elif room < _LEAST_ROOM:
        yield wrong("disk", said, "make room now: without it nothing that arrives can be acknowledged")
    elif room < _LITTLE_ROOM:
        yield look("disk", said, "make room: a generation of the log is written beside the one before")
    else:
        yield fine("disk", said)


def _open_to_others(path: Path) -> bool:
    return os.name != "nt" and bool(path.stat().st_mode & _OTHERS)


def _holds_secrets(path: Path) -> bool:
    lines = path.read_text("utf-8").splitlines()
    return any(
        line.strip().removeprefix("export ").startswith(f"{s.name}=") for line in lines for s in SETTINGS if s.secret
    )
