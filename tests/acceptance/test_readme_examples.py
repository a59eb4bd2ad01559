"""Every example in README and docs runs, page by page, in a new folder.

`console` blocks: lines that begin with "$ " are commands; what follows is expected in this order in what they print,
"..." standing for anything. `python` blocks run as programs. A block with a path after its language, as
"yaml sources/tickets.yaml", is a file that the page tells its reader to write. What must not run says why:
"<!-- not run: needs the public data -->". "<!-- in the sample -->" goes into a loaded sample firm;
"<!-- exits with 1 -->" precedes a block whose last command fails so.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(
    r"(?P<notes>(?:<!--[^\n]*-->\n+)*)```(?P<language>\w+)(?: (?P<path>[\w./-]+))?\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    """One fenced block that runs or is written."""

    notes: str
    language: str
    path: str
    text: str
    line: int

    @property
    def runs(self) -> bool:
        return bool(self.path or self.language in {"console", "python"}) and "not run:" not in self.notes

    @property
    def exit_code(self) -> int:
        found = re.search(r"exits with (\d+)", self.notes)
        return int(found[1]) if found else 0


def blocks_of(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    return [
        Block(m["notes"], m["language"], m["path"] or "", m["text"], text.count("\n", 0, m.start("language")) + 1)
        for m in BLOCK.finditer(text)
    ]


RUNNABLE = [page for page in PAGES if any(block.runs for block in blocks_of(page))]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small sample firm, loaded once."""
    folder = tmp_path_factory.mktemp("sample") / "firm"
    for arguments in (["sample", str(folder)], ["-C", str(folder), "load"]):
        subprocess.run([clew(), *arguments], check=True, capture_output=True, stdin=subprocess.DEVNULL)
    return folder


@pytest.mark.parametrize("page", RUNNABLE, ids=lambda page: str(page.relative_to(ROOT)))
def test_examples_of_page_run(page: Path, tmp_path: Path, sample: Path) -> None:
    reader = Reader(tmp_path)
    for block in blocks_of(page):
        if "in the sample" in block.notes:
            reader.folder = tmp_path / f"firm{block.line}"
            shutil.copytree(sample, reader.folder)
        if block.runs:
            reader.follow(block, where=f"{page.relative_to(ROOT)}:{block.line}")


class Reader:
    """Somebody who does what a page says, from top to bottom."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings: dict[str, str] = {}

    def follow(self, block: Block, *, where: str) -> None:
        if block.path:
            target = self.folder / block.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.text, encoding="utf-8")
        elif block.language == "python":
            done = self.run([sys.executable, "-c", block.text])
            assert done.returncode == block.exit_code, f"{where}\n{done.stdout}"
        else:
            self.type_commands(block, where)

    def type_commands(self, block: Block, where: str) -> None:
        steps = list(commands(block.text))
        for number, (command, expected) in enumerate(steps, start=1):
            word, _, rest = command.partition(" ")
            if word == "cd":
                self.folder = (self.folder / rest).resolve(strict=True)
            elif word == "export":
                name, _, value = rest.partition("=")
                self.settings[name] = value
            else:
                done = self.run(["bash", "-euo", "pipefail", "-c", command])
                code = block.exit_code if number == len(steps) else 0
                assert done.returncode == code, f"{where}: {command}\n{done.stdout}"
                assert_shown(expected, done.stdout, f"{where}: {command}")

    def run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return subprocess.run(
            command,
            cwd=self.folder,
            env={**os.environ, **self.settings, "PATH": path},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )


def commands(text: str) -> Iterator[tuple[str, list[str]]]:
    """(command, lines it is expected to print) of a console block; a command may go on after a backslash."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        found = re.match(r"((?:.*\\\n)*.*)\n?", part)
        assert found
        yield found[1], [line for line in part[found.end() :].splitlines() if line.strip()]


def assert_shown(expected: list[str], printed: str, where: str) -> None:
    """Every expected line stands in what was printed, in order; blanks count once, '...' stands for anything."""
    shown, place = squeezed(printed), 0
    for piece in filter(None, (squeezed(piece) for line in expected for piece in line.split("..."))):
        found = shown.find(piece, place)
        assert found >= 0, f"{where} did not print '{piece}' where the page says so, but:\n{printed}"
        place = found + len(piece)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def clew() -> str:
    return str(Path(sys.executable).with_name("clew"))
