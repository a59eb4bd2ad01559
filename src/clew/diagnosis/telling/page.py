"""The diagnosis for the first page of the report: the letter as plain data for a template."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from clew.diagnosis.result import Diagnosis
from clew.diagnosis.scoring.model import HIGHEST, ElementKind
from clew.diagnosis.telling.letter import letter
from clew.diagnosis.telling.words import VERDICTS, level, level_shown

SHOWN = (ElementKind.DIAGNOSTIC, ElementKind.FAILURE)


def diagnosis_page(diagnosis: Diagnosis) -> dict[str, Any]:
    """Return what a template needs, texts ready to print.

    verdict   id and words                        letter   title, basis, headline, reason, sections, next: as on the
                                                           terminal; a line has text, mark, see and lines below
    levels    per diagnostic and failure: title, level, highest, known (0..1), words, kind
    """
    at = diagnosis.judgement.elements
    return {
        "verdict": {"id": diagnosis.verdict.id, "words": VERDICTS[diagnosis.verdict]},
        "letter": asdict(letter(diagnosis)),
        "levels": [
            {
                "name": element.name,
                "title": element.title,
                "kind": element.kind.value,
                "level": level_shown(diagnosis, element),
                "highest": HIGHEST,
                "known": at[element.name].known,
                "words": level(diagnosis, element),
            }
            for element in diagnosis.scoring.of_kind(*SHOWN)
        ],
    }
