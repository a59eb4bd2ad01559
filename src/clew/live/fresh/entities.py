"""The kinds of entities, by code: those of the archive as stored, those of the tail as their texts say."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clew.archive.generation import Generation
from clew.archive.layout import Array
from clew.live.fresh.names import FreshNames


class Entities:
    """Kinds of entities; those of new texts are taken in when asked for."""

    def __init__(self, generation: Generation, names: FreshNames) -> None:
        self._stored, self._names = generation.entities, names
        self._kinds = {kind: code for code, kind in enumerate(generation.manifest.kinds)}
        self._new: list[int] = []

    def count(self, entities: Array) -> dict[str, int]:
        """Count entities, each given once, by kind."""
        counts = np.bincount(self._kinds_of(entities), minlength=len(self._kinds)).tolist()
        return {kind: counts[code] for kind, code in sorted(self._kinds.items()) if counts[code]}

    def are(self, entities: Array, kind: str) -> Array:
        """Say which entities are of a kind."""
        found = self._kinds_of(entities)
        flags: Array = found == self._kinds.get(kind, -1)
        return flags

    def _kinds_of(self, entities: Array) -> Array:
        self._take_in()
        known, stored = len(self._stored), self._stored.column("kind")
        new = entities >= known
        if not new.any():
            return stored[entities]
        kinds = np.empty(len(entities), np.int32)
        kinds[~new] = stored[entities[~new]]
        kinds[new] = np.array(self._new, np.int32)[entities[new] - known]
        return kinds

    def _take_in(self) -> None:
        known = len(self._stored) + len(self._new)
        if len(self._names["entity"]) > known:
            texts: Sequence[str] = self._names["entity"].texts()
            self._new += [self._kinds.setdefault(text.partition(":")[0], len(self._kinds)) for text in texts[known:]]
