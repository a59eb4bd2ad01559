"""Whatever a person can type or write is explained on a page: commands, options, questions, file keys, settings."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

import clew
from clew.cli.app import app
from clew.conditions.parse import end_forms
from clew.files.shapes import Shape
from clew.firm.parse import FIRM
from clew.journeys.parse import JOURNEY
from clew.meanings.parse import MEANINGS
from clew.questions.registry import LEAST, REGISTRY
from clew.sources.parse import SOURCE

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = {path: path.read_text(encoding="utf-8") for path in [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]}
EVERYTHING = "\n".join(PAGES.values())
MODULES = sorted(path for path in (ROOT / "src/clew").rglob("*.py") if path.stat().st_size)
LINK = re.compile(r"\[[^\]]*\]\((?!https?:|mailto:)([^)#\s]*)(#[^)\s]*)?\)")


def commands(command: Any, name: str) -> Iterator[tuple[str, list[str]]]:
    """(command line, options) of a command and all below it."""
    options = [option for parameter in command.params for option in parameter.opts if option.startswith("--")]
    yield name, options
    for below, child in getattr(command, "commands", {}).items():
        yield from commands(child, f"{name} {below}")


COMMANDS = dict(commands(typer.main.get_command(app), "clew"))


@pytest.mark.parametrize("command", COMMANDS)
def test_command_and_its_options_are_on_a_page(command: str) -> None:
    options = [option for option in COMMANDS[command] if option != "--help"]

    group = " ".join(command.split()[:2])
    assert re.search(rf"{command}\b", EVERYTHING), f"no page mentions '{command}'"
    pages = [text for text in PAGES.values() if re.search(rf"{group}\b", text)]
    missing = [option for option in options if not any(re.search(rf"{option}\b", text) for text in pages)]
    assert not missing, f"no page that mentions '{command}' tells of {missing}"


@pytest.mark.parametrize("question", REGISTRY)
def test_question_and_its_options_are_on_a_page(question: str) -> None:
    pages = [text for text in PAGES.values() if re.search(rf"clew show {question}\b", text)]

    assert pages, f"no page mentions 'clew show {question}'"
    options = [
        option.name.upper() if option.many < 0 else f"--{option.name}"
        for option in (*REGISTRY[question].options, LEAST)
    ]
    missing = [option for option in options if not any(re.search(rf"{option}\b", text) for text in pages)]
    assert not missing, f"no page that mentions 'clew show {question}' tells of {missing}"


@pytest.mark.parametrize(
    "shape",
    [FIRM, SOURCE, JOURNEY, MEANINGS, end_forms()],
    ids=["clew.yaml", "source", "journey", "meanings", "condition"],
)
def test_every_key_of_a_file_is_on_a_page(shape: Shape[object]) -> None:
    missing = [path for path, _ in shape.key_docs() if f"`{path}`" not in EVERYTHING]

    assert not missing


def test_reference_pages_are_current() -> None:
    checked = subprocess.run(
        [sys.executable, "scripts/reference.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_setting_read_from_the_environment_is_on_a_page() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))

    settings = set(re.findall(r"[\"'](CLEW_[A-Z_]+)[\"']", source)) | {"CLEW_EXAMPLES"}

    assert not sorted(setting for setting in settings if setting not in EVERYTHING)


def test_every_public_name_of_the_package_is_on_a_page() -> None:
    names = getattr(clew, "__all__", ())

    assert names
    assert not [name for name in names if not re.search(rf"\b{name}\b", EVERYTHING)]


def test_every_folder_of_the_package_is_in_the_architecture() -> None:
    text = PAGES[DOCS / "architecture.md"]

    folders = [p.name for p in (ROOT / "src/clew").iterdir() if p.is_dir() and (p / "__init__.py").exists()]

    assert not [folder for folder in folders if f"{folder}/" not in text]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    broken = [target for target, _ in LINK.findall(PAGES[page]) if target and not (page.parent / target).exists()]

    assert broken == []


def test_every_page_is_reached_from_the_index() -> None:
    index = PAGES[DOCS / "README.md"]

    listed = {(DOCS / target).resolve() for target, _ in LINK.findall(index)}

    unlisted = [str(page.relative_to(DOCS)) for page in PAGES if page.is_relative_to(DOCS) and page not in listed]
    assert [page for page in unlisted if page != "README.md" and not page.startswith("adr/0000")] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
