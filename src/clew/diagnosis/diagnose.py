"""Put a diagnosis together: answers and facts to levels, levels to a verdict, and all that follows from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clew.diagnosis.interview.answers import Answers
from clew.diagnosis.model import RankedJourney
from clew.diagnosis.result import About, Diagnosis, Evidence
from clew.diagnosis.scoring.architecture import Part, architecture_for
from clew.diagnosis.scoring.combined import Stated, combined, differences
from clew.diagnosis.scoring.ladder import ladder_of
from clew.diagnosis.scoring.levels import levels_of
from clew.diagnosis.scoring.model import ElementKind, Scoring
from clew.diagnosis.scoring.operating_model import ModelShown, leading, models_of
from clew.diagnosis.scoring.sensitivity import contested, deciding_steps, deciding_unknowns, levels_known
from clew.diagnosis.scoring.thresholds import thresholds
from clew.diagnosis.scoring.verdict import Judgement, Verdict, judge

MOST_JOURNEYS = 3
LEAST_OF_FIRST = 1 / 3  # a further journey is worth starting with that carries this part of what the first carries


def diagnose(scoring: Scoring, sheets: Sequence[Answers], evidence: Evidence, about: About | None = None) -> Diagnosis:
    """Return the diagnosis. It follows from its arguments alone; the order of the leaders changes nothing."""
    stated = combined(sheets, scoring)
    levels = levels_of(scoring, stated, evidence.facts)
    judgement = judge(scoring, levels_known(levels))
    models = models_of(scoring, levels)
    return Diagnosis(
        about=about or About(),
        scoring=scoring,
        sheets=tuple(sorted(sheets, key=lambda one: (one.leader, one.path))),
        evidence=evidence,
        stated=stated,
        levels=levels,
        judgement=judgement,
        models=tuple(models),
        ladder=ladder_of(scoring, levels, judgement.rung),
        parts=tuple(_least(scoring, judgement, models, stated)),
        first=tuple(first_journeys(evidence.journeys)),
        thresholds=tuple(thresholds(scoring, levels)),
        steps=tuple(deciding_steps(scoring, levels)),
        unknowns=tuple(deciding_unknowns(scoring, levels)),
        differences=tuple(differences(sheets, scoring)),
        contested=tuple(contested(scoring, levels)),
    )


def first_journeys(journeys: Sequence[RankedJourney]) -> list[RankedJourney]:
    """One to three journeys: the first, and those with open runs that carry at least a third of what it carries."""
    ranked = sorted(journeys, key=lambda each: -each.score)[:MOST_JOURNEYS]
    least = LEAST_OF_FIRST * ranked[0].score if ranked else 0.0
    return ranked[:1] + [each for each in ranked[1:] if each.open_runs and each.score >= least]


def _least(
    scoring: Scoring, judgement: Judgement, models: Sequence[ModelShown], stated: Mapping[str, Stated]
) -> list[Part]:
    """What is needed: all against the leading failure and the first thing against each further one that is evident.

    Where none is evident, what the operating model lives by
    """
    if judgement.evident:
        first, *further = judgement.evident
        whole = architecture_for([first], stated)
        return [*whole, *(part for each in further for part in architecture_for([each], stated)[:1])]
    if judgement.verdict is Verdict.NOT_YET and not judgement.broken and judgement.known < scoring.rule.known:
        return []
    model = leading(models)
    wanted = [model.model.name] if model else []
    if judgement.verdict is not Verdict.NO and not architecture_for(wanted, stated):
        wanted = _leading_failure(scoring, judgement)
    return architecture_for(wanted, stated)


def _leading_failure(scoring: Scoring, judgement: Judgement) -> list[str]:
    """The failure that is nearest to being evident, where anything of it is known."""
    at = judgement.elements
    known = [each.name for each in scoring.of_kind(ElementKind.FAILURE) if at[each.name].known]
    return sorted(known, key=lambda name: at[name].rank, reverse=True)[:1]
