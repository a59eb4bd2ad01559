"""Published versions of journeys: frozen under .clew/versions, never changed, found by their content hash."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from clew.config.store import private_folder
from clew.errors import FileProblems, Problem, UnknownName
from clew.files.reading import Reading
from clew.files.replace import replace_file
from clew.files.scan import scan, scan_file
from clew.files.shapes import Found, Key, Record
from clew.files.tree import MapNode, Node, ScalarNode
from clew.files.write import to_yaml
from clew.firm.parse import FIELDS as FIRM_FIELDS
from clew.firm.parse import zoned_calendars
from clew.journeys.model import Journey
from clew.journeys.parse import JOURNEY
from clew.workspace.find import FIRM_FILE, shown
from clew.workspace.frozen import FirmParts, parts_of, version_of
from clew.workspace.publications import Published, append, latest_version, publications
from clew.workspace.workspace import Workspace

_PARTS = ("segments", "teams", "calendars")


def publish(
    workspace: Workspace,
    journey: Journey,
    *,
    at: datetime,
    by: str = "",
    in_flight: str = "stay",
    stages: Mapping[str, str] | None = None,
    why: str = "",
) -> Published:
    """Freeze the draft of a journey; publishing the latest version again returns it as it is.

    in_flight, stages, why  what happens to runs in flight, see `Published`
    Raises  FileProblems when this version was published before and its file has been altered since
    """
    latest = latest_version(workspace, journey.name)
    if latest and latest.version == journey.version:
        read_version(workspace, journey.name, journey.version)
        return latest
    path = _path(workspace, journey.name, journey.version)
    if any(one.version == journey.version for one in publications(workspace, journey.name)):
        read_version(workspace, journey.name, journey.version)
    else:  # a file that the index does not name was left by a publication that was killed
        _write_once(path, frozen_text(workspace, journey))
    published = Published(journey.name, journey.version, at, by, _sha256(path), in_flight, dict(stages or {}), why)
    append(workspace, published)
    return published


def read_version(workspace: Workspace, journey: str, version: str) -> tuple[Journey, FirmParts]:
    """Read a published version; the beginning of its hash is enough.

    Raises  UnknownName where there is no such version; FileProblems where its file was altered or is gone
    """
    known = {one.version: one for one in publications(workspace, journey)}
    matching = [one for one in known if one.startswith(version)] if version else []
    if len(matching) != 1:
        raise UnknownName(f"published version of {journey}", version, known)
    path = _path(workspace, journey, matching[0])
    if not path.exists() or _sha256(path) != known[matching[0]].sha256:
        raise _altered(path)
    return _read_frozen(path, matching[0])


def version_text(workspace: Workspace, journey: str, version: str) -> str:
    """The frozen text of a published version. Raises UnknownName, FileProblems as `read_version`."""
    found, _ = read_version(workspace, journey, version)
    return _path(workspace, journey, found.version).read_text("utf-8")


def _read_frozen(path: Path, version: str) -> tuple[Journey, FirmParts]:
    reading = Reading(shown(path))
    read = _FROZEN.read(scan_file(path), reading)
    reading.raise_problems()
    assert read is not None
    journey, parts = read
    if version_of(journey, parts) != version:
        raise _altered(path)
    return replace(journey, version=version), parts


def _altered(path: Path) -> FileProblems:
    wrong = "this published version was altered or is gone"
    return FileProblems([Problem(shown(path), 1, 1, wrong, "its first content: restore it, or publish the draft anew")])


def frozen_text(workspace: Workspace, journey: Journey) -> str:
    """The text of a frozen file; it must read back as the very version."""
    parts = parts_of(workspace.firm, journey)
    document = [_entry("journey", scan_file(workspace.path_of(journey.name)))]
    if kept := _kept(parts, scan_file(workspace.dir / FIRM_FILE)):
        document.append(_entry("firm", MapNode(1, 1, kept)))
    head = f"# {journey.name}, version {journey.version}, as published. Never edit: Clew refuses an altered file.\n"
    text = head + to_yaml(MapNode(1, 1, tuple(document)))
    read = _FROZEN.read(scan(text, Path("frozen")), Reading(Path("frozen")))
    assert read is not None
    assert version_of(*read) == journey.version
    return text


def _kept(parts: FirmParts, firm: Node) -> tuple[tuple[ScalarNode, Node], ...]:
    """The entries of clew.yaml that are parts of the version."""
    kept = [_entry("time_zone", ScalarNode(1, 1, parts.zone))] if parts.zone else []
    for key, value in firm if isinstance(firm, MapNode) else ():
        names = getattr(parts, key.text) if key.text in _PARTS else {}
        if names and isinstance(value, MapNode):
            kept.append((key, value.without(frozenset(name.text for name, _ in value) - set(names))))
    return tuple(kept)


def _entry(key: str, value: Node) -> tuple[ScalarNode, Node]:
    return ScalarNode(1, 1, key), value


def _build_parts(found: Found) -> FirmParts:
    teams = {name: team.get("calendar") for name, team in found.get("teams", {}).items()}
    zone = found.get("time_zone", "")
    return FirmParts(found.get("segments", {}), teams, zoned_calendars(found) if zone else {}, zone)


_FIRM_PARTS = Record({key: FIRM_FIELDS[key] for key in _PARTS} | {"time_zone": FIRM_FIELDS["time_zone"]}, _build_parts)
_FROZEN: Record[tuple[Journey, FirmParts]] = Record(
    {
        "journey": Key(JOURNEY, "The journey as it was published.", required=True),
        "firm": Key(_FIRM_PARTS, "What it took from clew.yaml."),
    },
    lambda found: (found["journey"], found.get("firm", FirmParts())),
)


def _path(workspace: Workspace, journey: str, version: str) -> Path:
    return workspace.store / "versions" / journey / f"{version}.yaml"


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _write_once(path: Path, text: str) -> None:
    private_folder(path.parent)
    replace_file(path, text)
