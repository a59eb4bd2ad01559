"""Why two firms are probably one, or may not be: the weights of a model in the order of their weight."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from clew.duplicates.comparing import COMPARED, Comparing
from clew.duplicates.model import Firm, Reason, What
from clew.duplicates.naming import stem
from clew.texts import _

TELLS = 0.5  # a weight below this says nothing either way


def reasons_of(left: Firm, right: Firm, gammas: Mapping[What, int], model: Mapping[str, Any]) -> Sequence[Reason]:
    """Return what speaks for two firms being one and against it, the weightiest first.

    gammas  value of each comparison, -1 where one of both is silent
    """
    found = [_reason(left, right, one, gammas[one.what], model) for one in COMPARED if gammas[one.what] >= 0]
    telling = [reason for reason in found if abs(reason.weight) >= TELLS]
    return tuple(sorted(telling, key=lambda reason: -abs(reason.weight)))


def _reason(left: Firm, right: Firm, comparing: Comparing, gamma: int, model: Mapping[str, Any]) -> Reason:
    level = comparing.level(gamma)
    assert level is not None
    told = next(one for one in model["comparisons"] if one["output_column_name"] == comparing.what)
    shares = told["comparison_levels"][len(comparing.levels) - gamma]  # its first level is the silent one
    weight = math.log2(shares["m_probability"] / shares["u_probability"])
    return Reason(comparing.what, level.name, weight, _values(left, right, comparing.what, level.name))


def _values(left: Firm, right: Firm, what: What, level: str) -> tuple[str, ...]:
    """The two values, as far as they are the accounts' own: where contacts write from is not kept."""
    if what is not What.DOMAIN:
        return getattr(left, what), getattr(right, what)
    if level.startswith("same") and level != "same but for its ending":
        shared = sorted({*left.domains} & {*right.domains})
        return (shared[0], shared[0]) if shared else ()
    if level == "different":
        return (left.domains[0], right.domains[0]) if left.domains and right.domains else ()
    alike = [(one, other) for one in left.domains for other in right.domains if stem(one) == stem(other)]
    return alike[0] if alike else ()


def words(reason: Reason) -> str:
    """Say a reason as people read it."""
    said = _said().get((reason.what, reason.level), "")
    one, other = reason.values if reason.values else ("", "")
    if reason.what is What.DOMAIN and not one:
        return _silent_domain(reason.level)
    if reason.what is What.NAME and one != other and reason.level.startswith("same"):
        one = _("{one} and {other}").format(one=one, other=other)
    return said.format(one=one, other=other) if said else f"{reason.what}: {reason.level}"


def _silent_domain(level: str) -> str:
    told = {
        "same": _("people at both write from the same domain"),
        "same, another name": _("people at both write from the same domain, as in firms of one group"),
        "same but for its ending": _("people at both write from domains that differ in their ending only"),
    }
    return told.get(level, _("people at both write from different domains"))


def _said() -> Mapping[tuple[What, str], str]:
    return {
        (What.NAME, "same"): _("same name: {one}"),
        (What.NAME, "same, of common words"): _("same name, of words that many names hold: {one}"),
        (What.NAME, "written otherwise"): _("same name, written otherwise: {one} and {other}"),
        (What.NAME, "another number"): _("names with different numbers: {one} and {other}"),
        (What.NAME, "another branch"): _("names of different branches: {one} and {other}"),
        (What.NAME, "misspelt"): _("names alike: {one} and {other}"),
        (What.NAME, "one within the other"): _("one name holds the other: {one} and {other}"),
        (What.NAME, "alike"): _("names somewhat alike: {one} and {other}"),
        (What.NAME, "different"): _("different names: {one} and {other}"),
        (What.DOMAIN, "same"): _("same domain: {one}"),
        (What.DOMAIN, "same, another name"): _("same domain, as firms of one group have: {one}"),
        (What.DOMAIN, "same but for its ending"): _("domains alike: {one} and {other}"),
        (What.DOMAIN, "different"): _("different domains: {one} and {other}"),
        (What.COUNTRY, "same"): _("same country: {one}"),
        (What.COUNTRY, "different"): _("different countries: {one} and {other}"),
        (What.PLACE, "same"): _("same place: {one}"),
        (What.PLACE, "different"): _("different places: {one} and {other}"),
        (What.NUMBER, "same"): _("same registered number: {one}"),
        (What.NUMBER, "different"): _("different registered numbers: {one} and {other}"),
        (What.INDUSTRY, "same"): _("same industry: {one}"),
        (What.INDUSTRY, "different"): _("different industries: {one} and {other}"),
        (What.PARENT, "one is the other's parent"): _("one is the other's parent, so somebody told them apart"),
        (What.PARENT, "different"): _("they belong to different parents"),
        (What.PARENT, "same"): _("they belong to the same parent"),
    }
