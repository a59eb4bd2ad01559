"""Write a firm as a workspace: its exports, the files that describe them, and beside them what is true."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from clew.demo import (
    activities,
    companies,
    contracts,
    deals,
    flaws,
    invoices,
    marketing,
    onboarding_log,
    people,
    surveys,
    tickets,
    truth,
    usage,
)
from clew.demo.hours import NEVER
from clew.demo.life import make_life
from clew.demo.plan import Plan
from clew.demo.scene import make_scene
from clew.demo.tables import Export, Table, Writer
from clew.errors import BadRequest

CHUNK = 4_000  # accounts made at once
Progress = Callable[[str, int, int], None]

EXPORTS: tuple[Export, ...] = (
    companies.EXPORT,
    people.EXPORT,
    marketing.EXPORT,
    deals.EXPORT,
    activities.EXPORT,
    onboarding_log.EXPORT,
    tickets.EXPORT,
    invoices.EXPORT,
    usage.EXPORT,
    surveys.EXPORT,
    contracts.EXPORT,
    truth.EXPORT,
)


@dataclass(frozen=True)
class Written:
    """What was written.

    rows    rows of each export by its name, unusable ones included
    labels  planted faults and changes in truth/planted.csv
    files   every file, exports first
    """

    folder: Path
    rows: Mapping[str, int]
    labels: int
    files: tuple[Path, ...]


def write_firm(folder: Path, plan: Plan, *, progress: Progress | None = None, chunk: int = CHUNK) -> Written:
    """Write the firm of a plan into a folder that is new or empty.

    progress  is told what is done, how many of them and of how many: accounts made, then files written
    chunk     how many are made at once; the files are the same whatever it is
    Raises    BadRequest for a folder in use
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadRequest(f"{folder} is there already and not empty; name a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    writer = Writer(folder, EXPORTS)
    try:
        _make(writer, plan, chunk, progress)
        written = dict(_written(writer, progress))
    finally:
        writer.close()
    bad = {path.stem: flaws.spoil(path) for path in written}
    rows = {path.stem: count + bad[path.stem] for path, count in written.items()}
    labels = rows.pop(truth.EXPORT.name)
    described = dict.fromkeys(_describe(folder, plan))  # a firm's own files replace shared ones
    return Written(folder, rows, labels, (*written, *described))


def _make(writer: Writer, plan: Plan, chunk: int, progress: Progress | None) -> None:
    for first in range(0, plan.size, chunk):
        count = min(chunk, plan.size - first)
        for name, table in _tables(plan, first, count):
            writer.keep(name, flaws.noted(name, table, seed=plan.seed, first=writer.numbered(name)))
        if progress:
            progress("accounts made", first + count, plan.size)


def _written(writer: Writer, progress: Progress | None) -> Iterator[tuple[Path, int]]:
    for done, export in enumerate(EXPORTS, start=1):
        yield writer.write(export.name)
        if progress:
            progress("files written", done, len(EXPORTS))


def _tables(plan: Plan, first: int, count: int) -> Iterator[tuple[str, Table]]:
    scene = make_scene(plan, first, count)
    life = make_life(scene)
    silent = (life.hush.begins < NEVER) & (life.hush.ends == NEVER)
    yield "accounts", companies.account_table(scene, life)
    yield "contacts", people.contact_table(scene)
    yield "marketing", marketing.marketing_table(scene, life)
    yield "deals", deals.deal_table(scene, life.deals)
    yield "activities", activities.activity_table(scene, life)
    yield "onboarding", onboarding_log.onboarding_table(scene, life.deals, life.onboarding)
    yield "tickets", tickets.ticket_table(scene, life)
    yield "invoices", invoices.invoice_table(scene, life)
    ready, hush = life.ready_use, life.hush
    yield "usage", usage.usage_table(scene, life.active, life.leaves, life.rhythm, ready=ready, hush=hush)
    yield "surveys", surveys.survey_table(scene, life)
    yield "contracts", contracts.contract_table(scene, life.terms, life.outreach.extended, silent)
    if first == 0:
        truth.label_changes(scene)
    yield "planted", scene.labels.table()


def _describe(folder: Path, plan: Plan) -> Iterator[Path]:
    """Copy the workspace files that all firms share and those of this one, and write the plan down."""
    path = folder / "truth" / "plan.json"
    path.write_text(json.dumps(plan.parameters(), indent=2) + "\n", encoding="utf-8")
    yield path
    files = resources.files("clew.demo") / "workspace"
    for name in ("shared", plan.firm):
        yield from _copy(files / name, folder)


def _copy(source: Traversable, folder: Path) -> Iterator[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    for item in sorted(source.iterdir(), key=lambda item: item.name):
        if item.is_dir():
            yield from _copy(item, folder / item.name)
        else:
            target = folder / item.name
            target.write_bytes(item.read_bytes())
            yield target
