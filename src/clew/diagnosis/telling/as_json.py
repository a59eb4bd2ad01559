"""A diagnosis for programs: everything as plain JSON data."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from clew.clock import US
from clew.diagnosis.result import Diagnosis
from clew.diagnosis.scoring.architecture import Part
from clew.diagnosis.scoring.levels import Shown
from clew.diagnosis.scoring.operating_model import ModelShown
from clew.diagnosis.scoring.sensitivity import Step, Unknown
from clew.diagnosis.telling.verdict import headline, next_step, reason
from clew.diagnosis.telling.words import evidence
from clew.questions.words import iso

Json = dict[str, Any]


def as_json(diagnosis: Diagnosis) -> Json:
    """Everything a diagnosis holds. Shares are 0..1, times ISO 8601 in UTC."""
    judgement, about = diagnosis.judgement, diagnosis.about
    return {
        "firm": about.firm,
        "as_of": None if about.as_of is None else iso(about.as_of / US),
        "generation": about.generation,
        "leaders": [sheet.leader for sheet in diagnosis.sheets],
        "verdict": diagnosis.verdict.id,
        "headline": headline(diagnosis),
        "reason": reason(diagnosis),
        "next": next_step(diagnosis),
        "known": judgement.known,
        "evident": list(judgement.evident),
        "pressing": list(judgement.pressing),
        "broken": list(judgement.broken),
        "failures": [element.name for element in diagnosis.failures],
        "elements": {name: asdict(at) for name, at in judgement.elements.items()},
        "indicators": {name: _indicator(shown) for name, shown in diagnosis.levels.items()},
        "models": [_model(each) for each in diagnosis.models],
        "gaps": [{"indicator": one.indicator.name, "gap": one.gap} for one in diagnosis.gaps],
        "differences": [{"question": one.question.id, "by": dict(one.by)} for one in diagnosis.differences],
        "architecture": [_part(part) for part in diagnosis.parts],
        "journeys": [asdict(journey) for journey in diagnosis.evidence.journeys],
        "first": [journey.name for journey in diagnosis.first],
        "ladder": {
            "standing": diagnosis.ladder.standing,
            "next": diagnosis.ladder.next.name,
            "rungs": [each.rung.name for each in diagnosis.ladder.rungs],
        },
        "thresholds": [asdict(each) for each in diagnosis.thresholds],
        "sensitivity": [_step(each) for each in diagnosis.steps],
        "unknowns": [_unknown(each) for each in diagnosis.unknowns],
        "findings": [asdict(each) for each in diagnosis.evidence.findings],
        "facts": {name: {**asdict(fact), "standing": fact.standing} for name, fact in diagnosis.evidence.facts.items()},
    }


def _indicator(shown: Shown) -> Json:
    fact, stated = shown.fact, shown.stated
    return {
        "standing": shown.standing,
        "level": shown.level,
        "measured": None if fact is None else fact.value,
        "measured_level": shown.measured,
        "stated": None if stated is None else stated.value,
        "stated_level": shown.belief,
        "by": {} if stated is None else dict(stated.by),
        "starts": list(shown.indicator.starts),
        "own_threshold": shown.indicator.own,
        "weight": shown.indicator.weight,
        "sentence": evidence(shown),
    }


def _model(each: ModelShown) -> Json:
    return {
        "model": each.model.name,
        "share": each.share,
        "for": [one.indicator.name for one in each.speaks_for],
        "against": [one.indicator.name for one in each.against],
        "unknown": [one.indicator.name for one in each.unknown],
    }


def _part(part: Part) -> Json:
    one = part.capability
    return {
        "capability": one.name,
        "prevents": one.prevents,
        "cover": part.cover,
        "tools": {tool.question.id: cover for tool, cover in part.tools},
        "missing": one.missing,
        "next": one.next,
        "clew": list(one.clew),
    }


def _step(each: Step) -> Json:
    return {**asdict(each), "verdict": each.verdict.id}


def _unknown(each: Unknown) -> Json:
    return {"indicator": each.indicator, "lowest": each.lowest.id, "highest": each.highest.id}
