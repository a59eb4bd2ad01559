"""Answers on file: what the customer told us already, and until when it counts as known."""

from __future__ import annotations

from collections import Counter

import numpy as np

from clew.conditions.model import AnyOf
from clew.context import vocabulary
from clew.context.model import Answer
from clew.context.seen import Seen
from clew.meanings.model import Asked

OF_A_TOPIC, MOST = 5, 500  # answers that are kept of an account, the latest
_USUAL = Asked(when=AnyOf(()))  # for its window


def answers_of(seen: Seen) -> list[list[Answer]]:
    """Return the answers of each account, latest first; one without a topic is none."""
    asked = seen.words.meanings.asked
    condition = None if asked is None else asked.answered or asked.when
    rows = np.flatnonzero(seen.happens(condition) | seen.acted([vocabulary.ANSWER_GIVEN]))[::-1]
    found: list[list[Answer]] = [[] for _ in seen.threads]
    told = [Counter[str]() for _ in seen.threads]
    within = (asked or _USUAL).within.micros
    columns = (
        seen.place[rows].tolist(),
        seen.ids(rows),
        seen.said(seen.words.topics, rows),
        seen.at(rows),
        seen.said((vocabulary.SAYS, *seen.words.texts), rows),
        seen.contacts(rows),
        seen.column("team", rows),
        seen.column("user", rows),
    )
    for place, id, topic, at, says, contact, team, user in zip(*columns, strict=True):
        if topic and told[place][topic] < OF_A_TOPIC and len(found[place]) < MOST:
            told[place][topic] += 1
            found[place].append(Answer(id, topic, at, at + within, says, contact, team, user))
    return found
