"""A workspace with its log: what the library and every command open to ask questions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import nullcontext
from pathlib import Path

from clew.archive.model import LogView
from clew.archive.reader import Archive, open_archive
from clew.engine.derived import folded_once
from clew.engine.fold import fold
from clew.engine.model import Folded
from clew.engine.norms import Norm, from_line, norms_of, to_line
from clew.engine.succession import fold_succession
from clew.errors import BadRequest, UnknownName, nearest_name
from clew.ingest.load import load
from clew.ingest.next_generation import Fence
from clew.ingest.report import LoadReport, Progress
from clew.journeys.model import Journey
from clew.meanings.listens import events_of
from clew.questions.ask import ask
from clew.questions.differing import differing_runs
from clew.questions.ground import Ground, Rejected
from clew.questions.heard import listens_to
from clew.questions.model import Answer, Query
from clew.questions.norms import segment_of_runs
from clew.workspace.draft import Draft, read_draft
from clew.workspace.editions import Edition
from clew.workspace.find import MEANINGS_FILE, find_workspace
from clew.workspace.succession import succession_of
from clew.workspace.versions import read_version
from clew.workspace.workspace import Workspace

NORMS = "norms.jsonl"
DERIVED = "derived"


class OpenWorkspace(Workspace):
    """The files of a workspace and its log. A journey is folded once for each view."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(draft)
        self._folded: dict[tuple[str, int, int, int], Folded] = {}

    def archive(self) -> Archive:
        """The log as it is stored now."""
        return open_archive(self.store)

    def view(self, as_of: int | None = None, known_at: int | None = None) -> LogView:
        """The log up to `as_of` (its latest event), as known at `known_at` (now). Raises BadRequest if empty."""
        archive = self.archive()
        if not archive.events:
            raise BadRequest("the log is empty; run 'clew load' first")
        return archive.view(as_of, known_at)

    def fold(self, journey: str | None = None, view: LogView | None = None) -> Folded:
        """Fold a journey (None: the only one) over a view (None: of now)."""
        asked, seen = self.asked_journey(journey), view or self.view()
        key = (asked.version, seen.generation, seen.as_of, seen.known_at)
        if key not in self._folded:
            self._folded[key] = folded_once(self.store / DERIVED, seen, asked, firm=self.firm)
        return self._folded[key]

    def course(self, journey: str, view: LogView | None = None) -> tuple[Folded, ...]:
        """Fold a journey under the versions that were published, each in its time; its draft where none was."""
        return fold_succession(view or self.view(), succession_of(self, self.journey(journey)))

    def ground(self, query: Query) -> Ground:
        """What a query stands on. Raises UnknownName, BadRequest."""
        journey = self.asked_journey(query.journey)
        view = self.view(query.as_of, query.known_at)
        folded = self.fold(journey.name, view)
        return Ground(
            folded,
            self.firm,
            norms=read_norms(self.store, journey),
            rejected=self.rejected(),
            version=self._versions(journey, folded.view),
        )

    def ask(self, query: Query) -> Answer:
        """Answer a query. Raises UnknownName, BadRequest with what is allowed."""
        return ask(self.ground(query), query)

    def asked_journey(self, name: str | None) -> Journey:
        """The journey asked for, else the only one. Raises FileProblems where its file holds a mistake."""
        sound = self.sound_journeys()
        if name is not None:
            if name in self.journeys and name not in sound:
                self.require_sound()
            if name not in sound:
                raise UnknownName("journey", name, sound)
            return self.journey(name)
        if not sound:
            self.require_sound()
            raise BadRequest("there is no journey yet; write journeys/NAME.yaml or begin with 'clew start FILE.csv'")
        if len(sound) > 1:
            raise BadRequest(f"which journey? add --journey with one of: {', '.join(sound)}")
        return self.journey(sound[0])

    def rejected(self) -> list[Rejected]:
        """Per source, how many rows of its last load could not be used."""
        return [
            Rejected(name, source.counts.get("read", 0), source.counts.get("rejected", 0))
            for name, source in sorted(self.archive().sources.items())
        ]

    def load(
        self,
        *,
        now: int,
        only: Collection[str] | None = None,
        progress: Callable[[Progress], None] | None = None,
        fence: Fence = nullcontext,
    ) -> LoadReport:
        """Load the exports of the sources (None: all), and take the norms of every sound journey from what is new.

        now    microseconds UTC: when what is new was learnt, and the date of the norms
        fence  held while the generation is put in force, beside a running system
        """
        report = load(self.dir, self.sources, now=now, only=only, progress=progress, fence=fence)
        if report.events and any(not source.unchanged for source in report.sources):
            for name in self.sound_journeys():
                self.take_norms(name, dated=now)
        return report

    def count_touched_runs(self, old: Edition, new: Edition) -> int:
        """Count the runs whose course differs between two editions of a journey over the log as it is now."""
        view = self.view()
        return differing_runs(*(fold(view, each.journey, each.parts.put_into(self.firm)) for each in (old, new)))

    def events_never_seen(self) -> list[tuple[str, str, str]]:
        """Events that sound files listen to and the log does not hold: (who listens, event, nearest one that it holds).

        Files alone cannot tell, where a source takes the names of its events from a column. None before the first load.
        """
        seen = self.archive().names["event"].texts() if self.archive().events else ()
        listening = {f"journey {name}": listens_to(self.journey(name)) for name in self.sound_journeys()}
        if not self.problems_of(MEANINGS_FILE):
            listening[MEANINGS_FILE] = events_of(self.meanings)
        return [
            (who, event, nearest_name(event, seen))
            for who, events in (listening if seen else {}).items()
            for event in events
            if event not in seen
        ]

    def take_norms(self, journey: str | None = None, *, dated: int) -> list[Norm]:
        """Take the norms of a journey from the log as it is now and store them under a date."""
        ground = Ground(self.fold(journey), self.firm)
        codes = [segment_of_runs(ground, folded) for folded in ground.buckets]
        found = norms_of(ground.folded, dated=dated, segments=tuple(self.firm.segments), segment=codes)
        append_norms(self.store, found)
        return found

    def _versions(self, journey: Journey, view: LogView) -> Callable[[str], Folded]:
        def version(name: str) -> Folded:
            published, parts = read_version(self, journey.name, name)
            return fold(view, published, parts.put_into(self.firm))

        return version


def read_norms(store: Path, journey: Journey) -> list[Norm]:
    """The stored norms of a journey's version, none where none were taken. Raises BrokenStore."""
    path = store / NORMS
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    found = [from_line(line) for line in lines if line.strip()]
    return [norm for norm in found if (norm.journey, norm.version) == (journey.name, journey.version)]


def append_norms(store: Path, norms: Iterable[Norm]) -> None:
    """Add dated norms to those that are stored."""
    with (store / NORMS).open("a", encoding="utf-8") as lines:
        lines.writelines(to_line(norm) + "\n" for norm in norms)


def open_workspace(path: str | Path | None = None) -> OpenWorkspace:
    """Open the workspace of a folder, or of the nearest one above that has a clew.yaml; None: the current folder.

    Raises NotAWorkspace. Mistakes in files are in `problems`
    """
    return OpenWorkspace(read_draft(find_workspace(Path(path) if path is not None else None)))
