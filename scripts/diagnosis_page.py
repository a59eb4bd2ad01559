"""Write docs/reference/diagnosis.md from the files that decide: python scripts/diagnosis_page.py [--check].

With --check nothing is written and the exit code is 1 where the page is not current.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from clew.diagnosis.interview.answers import answers_shape
from clew.diagnosis.interview.questions import Question, interview, minutes
from clew.diagnosis.interview.values import allowed
from clew.diagnosis.scoring.architecture import capabilities
from clew.diagnosis.scoring.model import Element, ElementKind, Indicator, Speaks
from clew.diagnosis.scoring.parse import packaged_scoring
from clew.questions.words import number, share

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "diagnosis.md"
MADE = "<!-- Made by scripts/diagnosis_page.py; change the files it describes, then run it again. -->"
SCORING = packaged_scoring()

INTRODUCTION = """
`clew diagnose` weighs what is [measured](facts.md) and what leaders say. Everything that decides stands on this
page; it is made from the files that the command reads, so it cannot say anything else. How to use it:
[Diagnose](../howto/diagnose.md).

1. A figure, or an answer, becomes a **level** from 0 to 3 by the thresholds below. Where both are known, the
   measured one counts and both are shown. What nobody knows counts as level 1: it calls for nothing.
2. Indicators make up **elements**: four diagnostics, three failures. An element stands at a level when
   indicators of together the weight that it *needs* stand there or above. At level 2 a failure is **evident**
   and a diagnostic **presses**.
3. The **rule** below makes a verdict of them. Raising any one indicator never lowers it; tests hold that for
   every answer and fact.

A threshold is either sourced or called *judgement*: experience, which your own data may correct. Figures that
sellers publish about their markets are not used.
"""

RULE_INTRODUCTION = """
| Verdict | When |
| --- | --- |
| no | no failure is evident and no diagnostic presses |
| not yet | anything between; also where a prerequisite is broken, or too little is known for a no |
| start with these | {failures} failure evident or more, and {diagnostics} diagnostics press |
| orchestrate | {all_failures} failures evident, all {all_diagnostics} diagnostics press, rung {rung} stands |
"""

OWN = """
A workspace may hold a `diagnosis.yaml` beside `clew.yaml` with other thresholds, each for levels 1, 2 and 3 in
the direction in which the indicator counts. The names are those of the tables above.

```yaml
thresholds:
  late-handoffs: [5 %, 10 %, 20 %]
  customers: [20, 100, 500]
```
"""

ANSWERS = """
One file a leader; `clew diagnose --form anna.yaml` writes an empty one with every question. An answer that is
empty, or `unknown`, is not known. Several leaders are combined by the median; of two middle answers the one
that calls for less counts.
"""

STORED = """
Each diagnosis leaves a file in `.clew/diagnoses/`: verdict, moment, generation of the log, roles of the
leaders (never a name), a hash of their answers, the value of every fact, and every threshold that would change the
verdict with its present value. `clew diagnose --watch` holds the last one's thresholds against today's facts; from
Python, `clew.diagnosis.watching.watch.watch(workspace)` returns those that are crossed since. A diagnosis that differs
in nothing from the last one is not stored again.
"""


def page() -> Iterator[str]:
    yield from ("# Diagnosis", "", MADE, INTRODUCTION)
    yield from _rule()
    for element in SCORING.elements:
        yield from _element(element)
    yield from _models()
    yield from _ladder()
    yield from _architecture()
    yield from _questions()
    yield from ("## diagnosis.yaml: a firm's own thresholds", OWN)
    yield from _own_keys()
    yield from ("## What is stored", STORED)


def _rule() -> Iterator[str]:
    rule = SCORING.rule
    yield "## The rule"
    yield RULE_INTRODUCTION.format(
        failures=rule.start_failures,
        diagnostics=rule.start_diagnostics,
        all_failures=rule.all_failures,
        all_diagnostics=rule.all_diagnostics,
        rung=rule.rung,
    )
    yield from (f"- **{part}**: {why}" for part, why in rule.whys.items())
    yield ""


def _element(element: Element) -> Iterator[str]:
    kind = "" if element.kind.value == element.name.rstrip("s") else f" ({element.kind})"
    yield from (f"## {element.title}{kind}", "", _sentence(element.why), "")
    if element.kind in (ElementKind.DIAGNOSTIC, ElementKind.FAILURE):
        yield f"Needs weight {element.needs:g} of {element.weight:g}. " + "; ".join(
            f"{level}: {words}" for level, words in enumerate(element.words)
        )
        yield ""
    yield "| Indicator | Fact | Question | Counts | Level 1, 2, 3 from | Level of answers | Weight | Why | Source |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    yield from (_indicator(one) for one in element.indicators)
    yield ""


def _indicator(one: Indicator) -> str:
    starts = ", ".join(_figure(one, start) for start in one.starts)
    steps = ", ".join(f"{answer} {level}" for answer, level in one.steps.items())
    cells = (
        f"`{one.name}`: {one.title}",
        one.fact and f"[`{one.fact}`](facts.md)",
        one.answer and f"`{one.answer}`",
        one.counts.value if one.starts else "",
        starts,
        steps,
        f"{one.weight:g}",
        _sentence(one.why),
        one.source,
    )
    return f"| {' | '.join(cells)} |"


def _figure(one: Indicator, start: float) -> str:
    return str(share(start)) if max(one.starts) <= 1 else number(start)


def _models() -> Iterator[str]:
    yield from (
        "## Operating model",
        "",
        "The model that most of the known evidence speaks for, if more than half does and at least half is known. It",
        "decides what is advised, never the verdict.",
        "",
        "| Model | When it fits | Speaks for it |",
        "| --- | --- | --- |",
    )
    for model in SCORING.models:
        yield f"| {model.title}: {model.words} | {model.why} | {'; '.join(map(_speaks, model.speaks))} |"
    yield ""


def _speaks(speaks: Speaks) -> str:
    bound = f"at most {speaks.at_most}" if speaks.at_least == 0 else f"at least {speaks.at_least}"
    return f"`{speaks.indicator}` {bound}"


def _ladder() -> Iterator[str]:
    yield from (
        "## The rungs",
        "",
        "A rung stands when all that is known of it stands at its level and something is known; those above stand on",
        "it. The last one is decided by people, never measured.",
        "",
        "| Rung | Stands when | To get there |",
        "| --- | --- | --- |",
    )
    for place, rung in enumerate(SCORING.rungs, start=1):
        stands = ", ".join(f"`{name}` at least {level}" for name, level in rung.stands.items())
        yield f"| {place}. {rung.title} | {stands or 'it is decided'} | {rung.next} |"
    yield ""


def _architecture() -> Iterator[str]:
    yield from (
        "## The least that prevents a failure",
        "",
        "All against the leading failure, and the first of each further evident one; where none is evident, what the",
        "operating model lives by.",
        "",
        "| Against, or for | What must be possible | Covered by | Next |",
        "| --- | --- | --- | --- |",
    )
    for one in capabilities():
        covered = "; ".join(
            f"`{tool}` {answer}: {cover}" for tool, answers in one.covered.items() for answer, cover in answers.items()
        )
        yield f"| {one.prevents} | {one.title} | {covered} | {one.next} |"
    yield ""


def _questions() -> Iterator[str]:
    asked = interview().values()
    yield from (
        "## The interview and answers.yaml",
        "",
        f"{len(asked)} questions, about {minutes(asked)} minutes.",
        ANSWERS,
    )
    yield from ("| Key | |", "| --- | --- |")
    for path, about in answers_shape().key_docs():
        if "." not in path:
            yield f"| `{path}` | {about} |"
    yield from (
        "",
        "| Question | Asked | Answers | Weighed in | Beside the fact | Why |",
        "| --- | --- | --- | --- | --- | --- |",
    )
    yield from map(_question, asked)
    yield ""


def _question(one: Question) -> str:
    answers = "; ".join(f"`{value}` {words}" for value, words in one.values.items()) if one.values else allowed(one)
    beside = f"`{one.compared}`" if one.compared else ""
    return f"| `{one.id}` | {one.text} | {answers} | {', '.join(one.serves)} | {beside} | {one.why} |"


def _own_keys() -> Iterator[str]:
    names = ", ".join(f"`{one.name}`" for one in SCORING.indicators() if one.starts)
    yield from (f"Under `thresholds`: {names}.", "")


def _sentence(text: str) -> str:
    return " ".join(text.split())


def main(arguments: Iterable[str]) -> int:
    """Write the page, or say whether it is current."""
    made = "\n".join(page()).rstrip() + "\n"
    if "--check" not in arguments:
        PAGE.write_text(made, encoding="utf-8")
        return 0
    if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == made:
        return 0
    print(f"{PAGE.name} is not current; run: python scripts/diagnosis_page.py")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
