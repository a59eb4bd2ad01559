"""The fact about identity: accounts that cannot be found where most others are."""

from __future__ import annotations

from clew.diagnosis.facts.basis import Base
from clew.diagnosis.facts.words import plain_share, shown, unknown
from clew.diagnosis.model import Fact, Measure
from clew.questions.words import counted, listed


def unlinked_accounts(base: Base) -> Fact:
    """The share of accounts with events that do not bear the kind of id that most of them bear."""
    name, view, known = "unlinked-accounts", base.sight.view, base.accounts.known
    see = shown(base.sight, "coverage")
    threads, strangers = base.accounts.thread[known], int((~known).sum())
    if not len(threads):
        missing = f"no account is known; all {strangers:,} threads with events are persons or things without one."
        return unknown(name, Measure.SHARE, missing, see)
    borne = {kind: int(base.among(view.threads_of(kind)[1])[known].sum()) for kind in base.kinds}
    main = max(base.kinds, key=lambda kind: borne[kind])
    n, others = len(threads), [f"'{kind}'" for kind in base.kinds if kind != main]
    words = f"{{share}} of {counted(n, 'account')} with events bear no id of the kind '{main}' that most bear"
    if not others:
        words += "; there is no other kind"
    elif n > borne[main]:
        words += f", so {listed(others)} alone know them"
    words += f"; {strangers:,} further threads are persons or things of no known account." if strangers else "."
    return plain_share(name, n - borne[main], n, words, n=n, n_of="accounts with events", see=see)
