"""clew diagnose: does this firm need journey management, against which failure, and what is the least that helps."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clew.cli.asking import AsJson, AsOf, moment_asked, optional

if TYPE_CHECKING:
    from clew.diagnosis.interview.answers import Answers
    from clew.diagnosis.result import About, Diagnosis, Evidence
    from clew.diagnosis.telling.letter import Letter, Line, Section
    from clew.questions.library import OpenWorkspace

_WIDEST, _NARROWEST = 100, 60
NOT_KEPT = "Asked for with --as-of, so it is not kept: --history and --watch know nothing of it."


def diagnose(
    answers: Annotated[
        list[Path] | None,
        optional("--answers", "A leader's answers; repeatable. Without it: answers.yaml of the workspace.", "FILE"),
    ] = None,
    ask: Annotated[bool, typer.Option("--ask", help="Walk through the interview; saves after every answer.")] = False,
    form: Annotated[Path | None, optional("--form", "Write an empty answers file to send around.", "FILE")] = None,
    evidence: Annotated[bool, typer.Option("--evidence", help="Show every line, not only the first ones.")] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Say which thresholds of the last diagnosis are crossed since.")
    ] = False,
    history: Annotated[bool, typer.Option("--history", help="List the diagnoses made so far.")] = False,
    as_of: AsOf = None,
    json: AsJson = False,
) -> None:
    """Say whether this firm needs journey management, against which failure, and what is the least that prevents it.

    Joins what leaders believe with what the log shows. Works with either alone, and may answer no.

    \b
      clew diagnose
      clew diagnose --ask
      clew diagnose --answers anna.yaml --answers tom.yaml
      clew diagnose --watch
    """
    _refuse_two({"--form": form is not None, "--ask": ask, "--watch": watch, "--history": history})
    if form is not None:
        _write_form(form)
    elif history:
        _print_history(json)
    elif watch:
        _print_watch(as_of, json)
    else:
        _diagnose(_asked(answers) if ask else answers, as_of, evidence=evidence, json=json)


def _refuse_two(given: dict[str, bool]) -> None:
    from clew.errors import BadRequest

    both = [option for option, is_given in given.items() if is_given]
    if len(both) > 1:
        raise BadRequest(f"{both[0]} and {both[1]} are two commands; run one after the other")


def _write_form(path: Path) -> None:
    from clew.diagnosis.interview.form import write_form
    from clew.diagnosis.interview.questions import interview, minutes

    write_form(path)
    asked = interview().values()
    typer.echo(f"Wrote {path}: {len(asked)} questions, about {minutes(asked)} minutes.")
    typer.echo(f"Next: fill it in, then clew diagnose --answers {path}")


def _asked(answers: list[Path] | None) -> list[Path]:
    """Walk through the interview; returns the file that holds the answers now."""
    from datetime import UTC, datetime

    from clew.diagnosis.interview.answers import ANSWERS_FILE, Answers, read_answers
    from clew.diagnosis.interview.form import write_answers
    from clew.diagnosis.interview.walk import Walk
    from clew.errors import BadRequest
    from clew.questions.words import counted

    if answers and len(answers) > 1:
        raise BadRequest("--ask fills in one file; name one leader's with --answers, and ask the others afterwards")
    workspace = _workspace()
    path = answers[0] if answers else (workspace.dir if workspace else Path()) / ANSWERS_FILE
    former = read_answers(path) if path.exists() else Answers("")
    today = datetime.now(UTC).date()

    def save(given: Answers) -> None:
        write_answers(path, Answers(given.leader, given.said, given.role, today))

    given = Walk(former, read=_prompt, write=typer.echo, save=save).through()
    typer.echo(f"\n{counted(len(given.said), 'answer')} in {path}.\n")
    return [path] if given.leader else []


def _prompt(text: str) -> str:
    return input(text)


def _diagnose(answers: list[Path] | None, as_of: str | None, *, evidence: bool, json: bool) -> None:
    from clew.diagnosis.telling.letter import letter

    workspace = _workspace()
    found = _found(workspace, answers, as_of, named=not json)
    if workspace is not None and as_of is None:
        _keep(workspace, found)
    if json:
        _print_json(found)
    else:
        _print_letter(letter(found, whole=evidence))
        if as_of is not None:
            typer.echo(_wrapped(NOT_KEPT, _NARROWEST))


def _found(workspace: OpenWorkspace | None, answers: list[Path] | None, as_of: str | None, *, named: bool) -> Diagnosis:
    """The diagnosis; only the letter on a terminal names leaders, what programs read tells their roles."""
    from clew.diagnosis.diagnose import diagnose as put_together
    from clew.diagnosis.interview.answers import ANSWERS_FILE, read_all
    from clew.diagnosis.interview.nameless import nameless
    from clew.diagnosis.result import About, Evidence
    from clew.diagnosis.scoring.own import scoring_of
    from clew.errors import ClewError

    folder = workspace.dir if workspace else None
    usual = (folder or Path()) / ANSWERS_FILE
    paths = answers or ([usual] if usual.is_file() else [])
    scoring, sheets = scoring_of(folder), read_all(paths)
    measured, about = _measured(workspace, as_of) if workspace else (Evidence(), About())
    if not sheets and about.as_of is None:
        raise ClewError(
            "there is nothing to go by yet: no answers and no log. 'clew diagnose --ask' asks for about fifteen "
            "minutes, 'clew start FILE.csv' reads an export, 'clew load' the sources of a workspace"
        )
    return put_together(scoring, sheets if named else nameless(sheets), measured, about)


def _measured(workspace: OpenWorkspace, as_of: str | None) -> tuple[Evidence, About]:
    from clew.diagnosis.result_evidence import evidence_of

    return evidence_of(workspace, _instant(workspace, as_of))


def _workspace() -> OpenWorkspace | None:
    """The workspace of this folder or of one above; None where there is none, for leaders can be asked anywhere."""
    from clew.errors import NotAWorkspace

    try:
        return _open()
    except NotAWorkspace:
        return None


def _instant(workspace: OpenWorkspace, as_of: str | None) -> int | None:
    return moment_asked(as_of, workspace.firm.time_zone, "as-of")


def _keep(workspace: OpenWorkspace, diagnosis: Diagnosis) -> None:
    from clew.clock import now
    from clew.diagnosis.telling.verdict import headline
    from clew.diagnosis.watching.stored import keep

    keep(workspace.store, diagnosis, headline(diagnosis), made_at=now())


def _open() -> OpenWorkspace:
    from clew.questions.library import open_workspace

    return open_workspace()


def _print_watch(as_of: str | None, json: bool) -> None:
    from dataclasses import asdict

    from clew.diagnosis.scoring.own import scoring_of
    from clew.diagnosis.telling.watching import watched_lines
    from clew.diagnosis.watching.watch import look

    workspace = _open()
    seen = look(workspace, _instant(workspace, as_of))
    if json:
        _print_data([asdict(crossing) for crossing in seen.crossed])
    else:
        _print_lines(watched_lines(seen, scoring_of(workspace.dir), workspace.firm.time_zone))


def _print_history(json: bool) -> None:
    from dataclasses import asdict

    from clew.diagnosis.telling.watching import history_lines
    from clew.diagnosis.watching.stored import history

    workspace = _open()
    made = history(workspace.store)
    if json:
        _print_data([asdict(each) for each in made])
    else:
        _print_lines(history_lines(made, workspace.firm.time_zone) if made else ["No diagnosis yet: clew diagnose"])


def _print_json(diagnosis: Diagnosis) -> None:
    from clew.diagnosis.telling.as_json import as_json

    _print_data(as_json(diagnosis))


def _print_data(data: object) -> None:
    import json

    typer.echo(json.dumps(data, indent=2, ensure_ascii=False))


def _print_lines(lines: Iterable[str]) -> None:
    import sys
    import textwrap

    from clew.cli.terminal import terminal_width

    for line in lines:
        typer.echo("\n".join(textwrap.wrap(line, _width(terminal_width(sys.stdout)), subsequent_indent="  ")))


def _width(terminal: int) -> int:
    return max(_NARROWEST, min(terminal or _WIDEST, _WIDEST))


def _print_letter(shown: Letter) -> None:
    import sys

    from clew.cli.terminal import QUIET, RESET, STRONG, coloured, terminal_width

    strong, quiet, reset = (STRONG, QUIET, RESET) if coloured(sys.stdout) else ("", "", "")
    width = _width(terminal_width(sys.stdout))
    typer.echo(f"{strong}{shown.title}{reset}\n{quiet}{_wrapped(shown.basis, width)}{reset}\n")
    typer.echo(f"{strong}{_wrapped(shown.headline, width)}{reset}\n{_wrapped(shown.reason, width)}")
    for section in shown.sections:
        typer.echo(f"\n{strong}{section.title}{reset}")
        _print_rows(section, width, (quiet, reset))
        for line in section.lines:
            _print_line(line, width, "  ", (quiet, reset))
    typer.echo(f"\n→ {_wrapped(shown.next, width - 2)}")


def _print_line(line: Line, width: int, indent: str, tones: tuple[str, str]) -> None:
    """A sentence with its standing; the command that shows the numbers goes behind it."""
    quiet, reset = tones
    mark = f"[{line.mark}] " if line.mark else ""
    text = f"{mark}{line.text}" + (f" ({line.see})" if line.see else "")
    wrapped = _wrapped(text, width, first=indent, rest=indent + "  ")
    typer.echo(wrapped.replace(mark, f"{quiet}{mark}{reset}", 1) if mark else wrapped)
    for below in line.below:
        _print_line(below, width, indent + "    ", tones)


def _print_rows(section: Section, width: int, tones: tuple[str, str]) -> None:
    """A table as blocks: its rows hold whole sentences, which columns would squeeze."""
    quiet, reset = tones
    for first, *others in section.rows:
        typer.echo(_wrapped(first, width, first="  ", rest="    "))
        for heading, text in zip(section.headings[1:], others, strict=True):
            line = _wrapped(f"{heading}: {text}", width, first="      ", rest="        ")
            typer.echo(line.replace(f"{heading}:", f"{quiet}{heading}:{reset}", 1))


def _wrapped(text: str, width: int, *, first: str = "", rest: str = "") -> str:
    import textwrap

    return textwrap.fill(text, width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)
