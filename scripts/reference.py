"""Write the reference pages that follow from the code: python scripts/reference.py [--check].

docs/reference/commands.md   every command with its arguments and options
docs/reference/questions.md  every question with its options and examples
docs/reference/keys.md       every key of every workspace file
With --check nothing is written and the exit code is 1 where a page is not current.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import typer.main

from clew.cli.app import app
from clew.conditions.parse import end_forms
from clew.firm.parse import FIRM
from clew.journeys.parse import JOURNEY
from clew.meanings.parse import MEANINGS
from clew.questions.registry import LEAST, REGISTRY, Option, Question
from clew.sources.parse import SOURCE

PAGES = Path(__file__).resolve().parent.parent / "docs" / "reference"
MADE = "<!-- Made by scripts/reference.py; change the code it describes, then run it again. -->"


def commands_page() -> Iterator[str]:
    yield from ("# Commands", "", MADE, "")
    yield from (
        "`clew` finds the workspace by looking for `clew.yaml` here and in the folders above.",
        "Exit codes: 0 fine, 1 problems in files or input, 2 wrong usage.",
        "",
    )
    command: Any = typer.main.get_command(app)
    yield from _command("clew", command)


def _command(name: str, command: Any) -> Iterator[str]:
    below = getattr(command, "commands", {})
    parameters = [parameter for parameter in command.params if parameter.name != "help"]
    yield from (f"## {name}", "", _paragraphs(command.help or ""), "")
    if set(below) == set(REGISTRY):
        yield from ("[Questions](questions.md) lists them with their own options. Every one of them takes these:", "")
        parameters = _shared(list(below.values()))
        below = {}
    if parameters:
        yield from ("| | |", "| --- | --- |", *map(_parameter, parameters), "")
    for child in below:
        yield from _command(f"{name} {child}", below[child])


def _shared(commands: list[Any]) -> list[Any]:
    """The parameters that all of some commands take."""
    everywhere = set.intersection(*({parameter.name for parameter in command.params} for command in commands))
    return [p for p in commands[0].params if p.name in everywhere - {"help"}]


def _parameter(parameter: Any) -> str:
    words = parameter.opts if parameter.param_type_name == "option" else [str(parameter.name).upper()]
    default = "" if parameter.default in (None, False, (), "") or callable(parameter.default) else parameter.default
    closing = f" Unless given: {default}." if default != "" and parameter.param_type_name == "option" else ""
    shown = ", ".join(f"`{word}`" for word in (*words, *parameter.secondary_opts))
    return f"| {shown} | {_cell(parameter.help or '')}{closing} |"


def questions_page() -> Iterator[str]:
    yield from ("# Questions", "", MADE, "")
    yield from (
        "`clew show QUESTION` answers one of these; `workspace.ask` asks it from Python. The options that every",
        f"question takes stand in [commands](commands.md#clew-show), `--{LEAST.name}` among them: {LEAST.help}.",
        "",
    )
    for question in REGISTRY.values():
        yield from _question(question)


def _question(question: Question) -> Iterator[str]:
    yield from (f"## {question.name}", "", question.tells, "")
    if question.compares:
        yield from ("Takes `--compare NAME=A,B`: the difference of two groups with its interval and a test.", "")
    if question.name == "time":
        yield from ("Takes `--finished-only`: only what has ended, as other tools count; biased towards the short.", "")
    if question.options:
        yield from ("| Option | |", "| --- | --- |", *map(_option, question.options), "")
    yield from ("```text", *(question.examples or (f"clew show {question.name}",)), "```", "")


def _option(option: Option) -> str:
    default = "" if option.default == "" else f" Unless given: {option.default}."
    word = option.name.upper() if option.many < 0 else f"--{option.name}"
    return f"| `{word}` | {_cell(option.help)}.{default} |"


def keys_page() -> Iterator[str]:
    yield from ("# Keys of the workspace files", "", MADE, "")
    yield from ("`[]` is an item of a list, `*` a name of your own. [Glossary](../glossary.md) has the words.", "")
    files = (("clew.yaml", FIRM), ("sources/*.yaml", SOURCE), ("journeys/*.yaml", JOURNEY), ("meanings.yaml", MEANINGS))
    for title, shape in files:
        yield from (f"## {title}", "", *_keys(shape.key_docs()), "")
    yield from ("## Conditions", "")
    yield from (
        "What stands under `starts`, `enter`, `ends`, `sent`, `accepted`, `when`, `segments`, and in `meanings.yaml`.",
        "",
    )
    for telling, form in end_forms().forms.items():
        yield from (f"### {telling}", "", *_keys(form.key_docs()), "")


def _keys(docs: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield from ("| Key | |", "| --- | --- |")
    for path, about in dict(docs).items():
        yield f"| `{path}` | {_cell(about)} |"


def _paragraphs(text: str) -> str:
    """Paragraphs as they are; one that its writer kept in lines becomes a block."""
    written = []
    for paragraph in inspect.cleandoc(text.replace("\b\n", "\b")).split("\n\n"):
        lines = [line.strip() for line in paragraph.replace("\b", "").splitlines()]
        written += ["```text", *lines, "```", ""] if "\b" in paragraph else [*lines, ""]
    return "\n".join(written).rstrip()


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def main() -> int:
    pages = {"commands.md": commands_page(), "questions.md": questions_page(), "keys.md": keys_page()}
    stale = []
    for name, lines in pages.items():
        path, text = PAGES / name, "\n".join(lines).rstrip("\n") + "\n"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if "--check" not in sys.argv:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    if "--check" in sys.argv and stale:
        print(f"not current: {', '.join(stale)}; run python scripts/reference.py")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
