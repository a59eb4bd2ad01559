"""How two firms are compared: what of them, in which levels, and how often each occurs before data say otherwise.

m is the share of pairs of one firm at a level, u that of pairs of two firms (Fellegi & Sunter 1969, JASA 64). Both are
measured where there are enough accounts; what is written here counts as so many pairs that were seen already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from clew.duplicates.model import What


@dataclass(frozen=True)
class Level:
    """One outcome of a comparison.

    sql    condition over the columns of both, "ELSE" for what is left
    m, u   shares before anything was measured
    fixed  no measuring: what people mean by it is known
    """

    name: str
    sql: str
    m: float
    u: float
    fixed: bool = False


@dataclass(frozen=True)
class Comparing:
    """A comparison: its levels from the strictest on; where `missing` holds it says nothing."""

    what: What
    missing: str
    levels: Sequence[Level]

    def settings(self) -> dict[str, Any]:
        """The comparison as Splink takes it."""
        nothing = {"sql_condition": self.missing, "label_for_charts": "missing", "is_null_level": True}
        return {"output_column_name": str(self.what), "comparison_levels": [nothing, *map(_settings, self.levels)]}

    def level(self, gamma: int) -> Level | None:
        """The level of a comparison's value: Splink counts from the last one, which is 0."""
        return self.levels[len(self.levels) - 1 - gamma] if gamma >= 0 else None


def _settings(level: Level) -> dict[str, Any]:
    told: dict[str, Any] = {"sql_condition": level.sql, "label_for_charts": level.name}
    told |= {"m_probability": level.m, "u_probability": level.u}
    return told | ({"fix_m_probability": True, "fix_u_probability": True} if level.fixed else {})


def _missing(column: str) -> str:
    return f"{column}_l IS NULL OR {column}_r IS NULL"


def _plainly(what: What, m: float, u: float) -> Comparing:
    """Compare whether two values are the same."""
    same = Level("same", f"{what}_l = {what}_r", m, u)
    return Comparing(what, _missing(what), (same, Level("different", "ELSE", 1 - m, 1 - u)))


_SHORTER = "least(length(compact_l), length(compact_r))"
_EDITS = "damerau_levenshtein(compact_l, compact_r)"
_WITHIN = "(list_has_all(words_l, words_r) OR list_has_all(words_r, words_l))"
_ALIKE = f"(jaro_winkler_similarity(core_l, core_r) >= 0.88 AND {_EDITS} <= 0.25 * {_SHORTER})"
_KIN = "(coalesce(parent_l = unique_id_r, false) OR coalesce(parent_r = unique_id_l, false))"
_SHARED = "list_has_any(domains_l, domains_r)"
_MISSPELT = f"{_EDITS} <= CASE WHEN {_SHORTER} >= 10 THEN 2 ELSE 1 END AND {_SHORTER} >= 5"

# Firms of one group are neither one nor chance acquaintances: measuring, which knows those two kinds alone, would take
# them for one. Levels that tell them apart keep weights by judgement.
COMPARED: Sequence[Comparing] = (
    Comparing(
        What.NAME,
        _missing("core"),
        (
            Level("same", "core_l = core_r AND NOT common_l", 0.5, 5e-6),
            Level("same, of common words", "core_l = core_r", 0.05, 5e-5),
            Level("written otherwise", "compact_l = compact_r OR ordered_l = ordered_r", 0.1, 2e-6),
            Level("another number", "numbers_l <> numbers_r", 0.002, 0.032, fixed=True),
            Level("another branch", "branch_l <> branch_r", 0.002, 0.032, fixed=True),
            Level("misspelt", f"{_MISSPELT} AND NOT (common_l AND common_r)", 0.2, 3e-5),
            Level("one within the other", f"{_WITHIN} AND NOT (common_l AND common_r)", 0.05, 2e-3),
            Level("alike", _ALIKE, 0.05, 5e-4),
            Level("different", "ELSE", 0.046, 0.93),
        ),
    ),
    Comparing(
        What.DOMAIN,
        "len(domains_l) = 0 OR len(domains_r) = 0",
        (
            Level("same", f"{_SHARED} AND branch_l = branch_r AND ({_WITHIN} OR {_ALIKE})", 0.7, 1e-4),
            Level("same, another name", _SHARED, 0.01, 0.005, fixed=True),
            Level("same but for its ending", "list_has_any(stems_l, stems_r)", 0.1, 1e-4),
            Level("different", "ELSE", 0.15, 0.9948),
        ),
    ),
    _plainly(What.COUNTRY, 0.95, 0.25),
    _plainly(What.PLACE, 0.8, 0.02),
    _plainly(What.NUMBER, 0.9, 1e-6),
    _plainly(What.INDUSTRY, 0.8, 0.2),
    Comparing(
        What.PARENT,
        f"({_missing('parent')}) AND NOT {_KIN}",
        (
            Level("one is the other's parent", _KIN, 0.0005, 0.05, fixed=True),  # somebody told them apart on purpose
            Level("same", "parent_l = parent_r", 0.02, 0.02, fixed=True),  # sisters, or one of them twice
            Level("different", "ELSE", 0.05, 0.9, fixed=True),
        ),
    ),
)

# Pairs that are compared at all: alike in one of these. A key that too many share tells nothing and is left empty.
KEYS = ("rare_word", "skeleton", "beginning", "ending", "ordered", "domain", "domain_stem", "number")
