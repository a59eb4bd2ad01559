"""What every fact is read off: the sight, the table of accounts, the rejected rows, and whom a figure is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_VALUE, Codes
from clew.diagnosis.facts.accounts import PERSON, Accounts, accounts_of
from clew.questions.ground import Rejected
from clew.signals.sight import Sight

Mask = NDArray[np.bool_]
Places = NDArray[np.int64]
Figures = NDArray[np.float64]


@dataclass(frozen=True)
class Base:
    """A sight with what is read off it once.

    rejected  rows that could not be used, per source
    """

    sight: Sight
    rejected: Sequence[Rejected] = ()

    @cached_property
    def accounts(self) -> Accounts:
        """The table of accounts."""
        return accounts_of(self.sight)

    @cached_property
    def says_customers(self) -> bool:
        """Whether meanings.yaml says what makes an account a customer."""
        return self.sight.meanings.customers is not None

    @cached_property
    def asked(self) -> Mask:
        """Accounts that most figures are about: customers now; where nobody says who is one, those of the year."""
        accounts = self.accounts
        return accounts.customers if self.says_customers else accounts.known & (accounts.events > 0)

    @property
    def noun(self) -> str:
        """What those accounts are called, in the plural."""
        return "customers" if self.says_customers else "accounts with events in the last 12 months"

    @cached_property
    def place(self) -> Places:
        """Row in the table of accounts by code of the thread."""
        return self.accounts.places(len(self.sight.view.names["entity"]))

    @cached_property
    def kinds(self) -> list[str]:
        """Kinds of ids that name accounts, by name."""
        view = self.sight.view
        return sorted(kind for kind in view.entity_kinds() if kind not in view.subject_kinds and kind != PERSON)

    @cached_property
    def says_revenue(self) -> bool:
        """Whether any account's yearly value is known."""
        return bool((self.accounts.revenue != NO_VALUE).any())

    def by_account(self, thread: Codes) -> Figures:
        """(a,) how often each account stands among these threads; those without any event are left out."""
        place = self.place[thread]
        return np.bincount(place[place >= 0], minlength=len(self.accounts)).astype(np.float64)

    def among(self, thread: Codes) -> Mask:
        """(a,) which accounts stand among these threads."""
        found = np.zeros(len(self.accounts) + 1, np.bool_)  # the place more at the end is for threads without events
        found[self.place[thread]] = True
        return found[:-1]
