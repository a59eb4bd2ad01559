"""Which threads are not what the archive says of them, at a moment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clew.archive.layout import Array


@dataclass(frozen=True)
class Touched:
    """Threads that are to be gathered anew, rising.

    threads     by the identity of the moment: rows of the tail, other members, or rows of the archive that lie later
    left        threads of the archive that lost members, or are no more
    everything  the moment lies so far back that every thread counts as touched
    """

    threads: Array
    left: Array
    everything: bool = False

    @property
    def gone(self) -> Array:
        """Every thread of which the archive tells no longer, rising."""
        return np.union1d(self.threads, self.left)
