"""Begin a workspace from a template: commented files that pass `clew check`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from clew.config.store import STORE
from clew.errors import BadRequest, UnknownName
from clew.workspace.documents import schema_files

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
PLAIN = "plain"
SCHEMAS = "schemas"


def template_names() -> tuple[str, ...]:
    """Names of the templates that hold a journey."""
    return tuple(sorted(path.name for path in TEMPLATES.iterdir() if path.is_dir() and path.name != PLAIN))


def template_files(template: str | None) -> dict[str, str]:
    """Relative path and text of every file of a template; None: clew.yaml alone. Raises UnknownName."""
    if template is not None and template not in template_names():
        raise UnknownName("template", template, template_names())
    folder = TEMPLATES / (template or PLAIN)
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in paths}


def standing_files() -> dict[str, str]:
    """What every workspace has beside its own files: the schemas for editors, and what git leaves out."""
    schemas = {f"{SCHEMAS}/{name}": text for name, text in schema_files().items()}
    return {".gitignore": f"{STORE}/\n", **schemas}


def create_workspace(folder: Path, template: str | None = None) -> list[Path]:
    """Write a new workspace; returns its files. Raises BadRequest where a file is there already, UnknownName."""
    files = {**template_files(template), **standing_files()}
    write_new(folder, files)
    for name in ("sources", "journeys"):
        (folder / name).mkdir(exist_ok=True)
    return [folder / name for name in files]


def write_new(folder: Path, files: Mapping[str, str]) -> None:
    """Write files that must not exist yet; a .gitignore that is there gets its missing lines. Raises BadRequest."""
    there = [name for name in files if (folder / name).exists() and name != ".gitignore"]
    if there:
        raise BadRequest(f"{', '.join(there)} in '{folder}' would be overwritten; choose an empty folder")
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            _add_lines(path, text)
        else:
            path.write_text(text, "utf-8")


def _add_lines(path: Path, text: str) -> None:
    lines = path.read_text("utf-8").splitlines()
    missing = [line for line in text.splitlines() if line not in lines]
    if missing:
        path.write_text("\n".join([*lines, *missing]) + "\n", "utf-8")
