"""What was worked out from the log lately: pages show it at once, and say when it was."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from clew.access.policy import Forbidden
from clew.clock import US
from clew.errors import BadRequest
from clew.web.analytics.keeping import analytics_of
from clew.web.analytics.permitted import sees_accounts
from clew.web.frame.files import workspace_of

if TYPE_CHECKING:
    from clew.live.fresh.asking import FreshWorkspace
    from clew.web.request import Asked

T = TypeVar("T")
KEPT, MOST = "journeys", 64
HOLDS_US = 20 * US  # so long nothing is worked out again
PATIENCE_S, AGAIN_S = 0.3, 0.05  # a page waits so long for the first figures, and for newer ones


@dataclass(frozen=True)
class Worked(Generic[T]):
    """What a page has of some work.

    value      None while it is worked out for the first time, or where it cannot be
    at         microseconds UTC of the moment that it tells of
    is_coming  newer ones are being worked out: ask again
    why_not    a sentence, where it cannot be worked out
    """

    value: T | None
    at: int
    is_coming: bool = False
    why_not: str = ""


def worked(asked: Asked, key: tuple[Hashable, ...], work: Callable[[FreshWorkspace], T]) -> Worked[T]:
    """Return what was worked out under a key, or is now; what files and rights decide is part of the key."""
    whole = (KEPT, *key, sees_accounts(asked.actor), id(workspace_of(asked.parts)))
    kept: dict[Hashable, Worked[Any]] = asked.parts.kept.setdefault(KEPT, {})
    known = kept.get(whole)
    if known is not None and 0 <= asked.now - known.at < HOLDS_US:
        return known
    try:
        wait_s = PATIENCE_S if known is None else AGAIN_S
        found = analytics_of(asked.parts).soon(whole, asked.now, work, wait_s=wait_s)
    except (BadRequest, Forbidden) as refused:
        return Worked(None, asked.now, why_not=str(refused))
    if found is None:
        return Worked(known.value if known else None, known.at if known else asked.now, is_coming=True)
    if len(kept) >= MOST:
        kept.clear()
    kept[whole] = Worked(found, asked.now)
    return kept[whole]
