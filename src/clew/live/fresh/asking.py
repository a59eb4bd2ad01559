"""A workspace whose questions are answered over the archive and the tail, complete to the second."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import RLock
from typing import TypeVar

from clew.archive.layout import PROPERTY
from clew.archive.model import LogView
from clew.archive.reader import open_archive
from clew.engine.derived import WORTH_KEEPING, fingerprint, load_folded
from clew.engine.model import Folded
from clew.errors import BrokenStore
from clew.firm.model import Firm
from clew.journeys.model import Journey
from clew.live.fresh.folds import JourneyFolds, Kept
from clew.live.fresh.layers import LayeredView, Layers
from clew.live.fresh.log import Fresh
from clew.questions.library import DERIVED, OpenWorkspace
from clew.questions.model import Answer, Query
from clew.workspace.draft import Draft
from clew.workspace.versions import read_version

T = TypeVar("T")

PAST = 4  # views of the past that are kept at hand
_WORDS = ("team", "channel", "user", "value")  # a property of this name takes the place of the column


class FreshWorkspace(OpenWorkspace):
    """The files of a workspace and its log to the second. Used by one thread at a time, `answer` by any number.

    `see` says what is now; until it is called again, questions without a date are answered as of then. While another
    generation of a large archive is folded, in a thread of its own, questions stay on the one before: both hold the
    same with the tail behind them.
    """

    def __init__(self, draft: Draft, fresh: Fresh) -> None:
        super().__init__(draft)
        self.fresh = fresh
        self._now: Sight | None = None
        self._past: dict[tuple[int, int | None], Sight] = {}
        self._coming: Future[Sight] | None = None
        self._lock = RLock()

    def see(self, now: int) -> None:
        """Take up what was learnt until now (microseconds UTC); a clock that was set back stands still."""
        self._move(now)
        now = now if self._now is None else max(now, self._now.layers.as_of)
        if self._now is None or not self._now.may_follow(now):
            self._now = Sight(self.fresh, now)
        self._now.layers.follow(now)

    def _move(self, now: int) -> None:
        """Go to the generation in force, at once or when it is prepared."""
        if self._coming is not None and self._coming.done():
            self._now, self._coming = self._coming.result(), None
            self.fresh = self._now.fresh
            self._past.clear()
        if self._now is None or self._now.layers.layers[0].events < WORTH_KEEPING:
            self.fresh.refresh()
        elif not self.fresh.refresh_here():
            self._coming = None
            self.fresh.refresh()
        elif self._coming is None and self.fresh.is_behind:
            self._coming = _prepared(self._now, now)

    @property
    def now(self) -> Sight:
        """What `see` saw."""
        if self._now is None:
            self.see(self.archive().last_event)
        assert self._now is not None
        return self._now

    def answer(self, query: Query, *, now: int) -> Answer:
        """See what is now and answer; threads that ask at once wait for each other.

        Raises UnknownName, BadRequest as `ask`
        """
        return self.look(now, lambda: self.ask(query))

    def look(self, now: int, work: Callable[[], T]) -> T:
        """See what is now and do some work that only reads; one thread at a time."""
        with self._lock:
            try:
                self.see(now)
                return work()
            except BrokenStore:  # files went that a generation of long ago was read from
                self._now = self._coming = None
                self.fresh = self.fresh.anew()
                self.see(now)
                return work()

    def glance(self, now: int, work: Callable[[Fresh], T]) -> T:
        """Do some work on the log of single threads, whether or not a question was asked before."""
        with self._lock:
            if self._now is not None:
                return self.look(now, lambda: work(self.fresh))
            self.fresh.refresh()
            return work(self.fresh)

    def with_files(self, draft: Draft) -> FreshWorkspace:
        """Return the same log under files that were read anew; what was folded is kept. This one is used no more."""
        with self._lock:
            other = FreshWorkspace(draft, self.fresh)
            other._now, other._coming = self._now, self._coming
            return other

    def view(self, as_of: int | None = None, known_at: int | None = None) -> LogView:
        """The log up to `as_of` (now), as known at `known_at` (now); what a load brought since is then left out.

        What was known before the archive's last load is what of it the archive knew.
        """
        standing = self.now.fresh.standing
        if known_at is None or known_at >= standing.known_at:
            return self._sight(as_of).layers.view()
        if known_at < standing.manifest.loaded_at:
            return super().view(self.now.layers.as_of if as_of is None else as_of, known_at)
        return self._sight(as_of, standing.tail.learnt_by(known_at)).layers.view()

    def fold(self, journey: str | None = None, view: LogView | None = None) -> Folded:
        """Fold a journey (None: the only one) over a view (None: of now).

        The answer's view holds the same as the one given, perhaps in other buckets.
        """
        seen = view or self.view()
        if not isinstance(seen, LayeredView):
            return super().fold(journey, seen)
        return self._folds(self.asked_journey(journey), self.firm, seen)

    def _versions(self, journey: Journey, view: LogView) -> Callable[[str], Folded]:
        if not isinstance(view, LayeredView):
            return super()._versions(journey, view)

        def version(name: str) -> Folded:
            published, parts = read_version(self, journey.name, name)
            return self._folds(published, parts.put_into(self.firm), view)

        return version

    def _folds(self, journey: Journey, firm: Firm, view: LayeredView) -> Folded:
        sight = self._sight(view.as_of, view.before)
        return sight.folds(journey, firm, lambda: self._kept(journey, firm)).fold()

    def _kept(self, journey: Journey, firm: Firm) -> Folded | None:
        """A fold of the archive up to its latest event, as a load leaves it behind."""
        archive = open_archive(self.store)
        if archive.generation != self.fresh.generation or archive.manifest.links.last > archive.last_event:
            return None
        return load_folded(self.store / DERIVED, archive.view(), journey, firm=firm)

    def _sight(self, as_of: int | None, before: int | None = None) -> Sight:
        if before is None and as_of in (None, self.now.layers.as_of):
            return self.now
        moment = self.now.layers.as_of if as_of is None else as_of
        known = self._past.pop((moment, before), None)
        if known is not None and known.may_follow(moment):
            known.layers.follow(moment)
        else:
            known = Sight(self.fresh, moment, before)
        self._past[moment, before] = known
        if len(self._past) > PAST:
            self._past.pop(next(iter(self._past)))
        return known


class Sight:
    """The log up to a moment, and the journeys that were folded over it."""

    def __init__(self, fresh: Fresh, as_of: int, before: int | None = None) -> None:
        self.fresh = fresh
        self.layers = Layers(fresh.standing, as_of, before)
        self._rests_on = self._decisive()
        self._folds: dict[tuple[str, str, str], JourneyFolds] = {}

    def may_follow(self, now: int) -> bool:
        """Whether what is folded can be kept up: same generation, later moment, words that mean what they meant."""
        return self.layers.may_follow(now) and self._rests_on == self._decisive()

    def _decisive(self) -> object:
        standing = self.fresh.standing
        whole = standing.whole
        shadowed = [word for word in _WORDS if len(whole.names[PROPERTY + word])]
        return standing, whole.subjects, whole.sources.new, shadowed

    def folds(self, journey: Journey, firm: Firm, kept: Kept) -> JourneyFolds:
        """A journey folded over the layers."""
        key = (journey.name, journey.version, fingerprint(firm))
        if key not in self._folds:
            self._folds[key] = JourneyFolds(journey, firm, self.layers, kept)
        return self._folds[key]

    def anew(self, now: int) -> Sight:
        """The same journeys folded over the generation in force."""
        other = Sight(self.fresh.anew(), now)
        for folds in list(self._folds.values()):
            other.folds(folds.journey, folds.firm, lambda: None).fold()
        return other


def _prepared(sight: Sight, now: int) -> Future[Sight]:
    pool = ThreadPoolExecutor(1, thread_name_prefix="generation")
    coming = pool.submit(sight.anew, now)
    pool.shutdown(wait=False)
    return coming
