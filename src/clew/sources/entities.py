"""Accounts and their things as texts "kind:id", all of one block in one list."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clew.sources.blocks import Coded, Codes, Reason
from clew.sources.columns import recoded
from clew.sources.domains import domain_of, is_free_mail
from clew.sources.faults import Faults
from clew.sources.sheet import Sheet

DOMAIN = "domain"
WHOLE = ""  # kind of a column whose cells say the kind themselves


class Entities:
    """Gathers the ids that the rows of a sheet name."""

    def __init__(self, sheet: Sheet, faults: Faults) -> None:
        self.texts: list[str] = []
        self.free_mail = np.zeros(len(sheet), np.bool_)
        self._sheet, self._faults = sheet, faults
        self._known: dict[tuple[str, str], Codes] = {}

    def codes(self, kind: str, column: str) -> Codes:
        """Return for each row an index into `texts`, -1 where the cell is empty or the address a free-mail one."""
        if (kind, column) not in self._known:
            self._known[kind, column] = self._add(kind, column)
        return self._known[kind, column]

    def _add(self, kind: str, name: str) -> Codes:
        column = self._sheet.column(name)
        offset = len(self.texts)
        if kind == DOMAIN:
            coded = self._domains(name)
            codes, names = coded.codes, coded.names
        else:
            codes, names = column.codes, column.names
        self.texts.extend(names if kind == WHOLE else [f"{kind}:{text}" for text in names])
        return codes if not offset else np.where(codes >= 0, codes + np.int32(offset), codes)

    def _domains(self, name: str) -> Coded:
        column = self._sheet.column(name)
        domains = [domain_of(text) for text in column.names]
        free = [domain is not None and is_free_mail(domain) for domain in domains]
        self._faults.mark(_lookup([domain is None for domain in domains], column.codes), Reason.EMAIL, name)
        self.free_mail |= _lookup(free, column.codes)
        return recoded(
            column.codes, [None if is_free else domain for is_free, domain in zip(free, domains, strict=True)]
        )


def _lookup(flags: list[bool], codes: Codes) -> NDArray[np.bool_]:
    """Spread what is known of each name over the rows, False where there is none."""
    return np.append(np.array(flags, np.bool_), False)[codes]
