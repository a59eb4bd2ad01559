"""The log of one account, where it is at hand."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from clew.context.words import Words
from clew.errors import FileProblems
from clew.meanings.model import Meanings
from clew.web.analytics.keeping import analytics_of
from clew.web.frame.files import workspace_of
from clew.web.queries.accounts_touches import Touches, read_touches

if TYPE_CHECKING:
    from clew.web.request import Asked
    from clew.workspace.workspace import Workspace

WAIT_S = 1.0  # a page waits so long while somebody else's question is worked out


def at_hand(asked: Asked, thread: str) -> Touches | None:
    """Read every touch of an account, to the second; None while the log is being opened, or somebody works longer."""
    workspace = workspace_of(asked.parts)
    words = Words(workspace.firm, meanings_of(workspace))
    work = partial(read_touches, thread=thread, now=asked.now, words=words)
    return analytics_of(asked.parts).glance(asked.now, work, wait_s=WAIT_S)


def meanings_of(workspace: Workspace) -> Meanings:
    """What events mean; nothing while meanings.yaml holds mistakes: pages of accounts are there all the same."""
    try:
        return workspace.meanings
    except FileProblems:
        return Meanings()
