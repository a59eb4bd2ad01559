"""What a context is derived by: the firm, what events mean to it, its journeys. Prepared once for every thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from clew.context import vocabulary
from clew.engine.succession import Governing
from clew.firm.model import Firm
from clew.journeys.model import Journey
from clew.meanings.model import Meanings

Succession = Sequence[Governing]


@dataclass(frozen=True)
class Words:
    """The words of a firm.

    journeys  the versions of each journey, the one in force last
    """

    firm: Firm
    meanings: Meanings = field(default_factory=Meanings)
    journeys: Sequence[Succession] = ()

    @property
    def in_force(self) -> Sequence[Journey]:
        return [succession[-1].journey for succession in self.journeys]

    @property
    def topics(self) -> Sequence[str]:
        """Properties that name a topic: the firm's own first."""
        return _names(self.meanings.about, vocabulary.TOPIC)

    @property
    def texts(self) -> Sequence[str]:
        """Properties that hold what was said."""
        stated = self.meanings.stated
        return _names(stated.says if stated else None, vocabulary.SAYS)


def _names(own: str | None, usual: str) -> Sequence[str]:
    return tuple(dict.fromkeys(name for name in (own, usual) if name))
