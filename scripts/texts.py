"""Gather the words of pages for translators, and make catalogues of what they wrote.

scripts/texts.py gather             writes src/clew/languages/clew.pot from code and templates
scripts/texts.py check              says whether that file is what the sources say
scripts/texts.py compile            makes <language>.mo of every <language>.po
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from clew.questions.registry import REGISTRY

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "src/clew"
LANGUAGES = SOURCES / "languages"
POT = LANGUAGES / "clew.pot"
METHODS = [("**.py", "python"), ("web/templates/**.j2", "jinja2")]
OPTIONS = {"web/templates/**.j2": {"newstyle_gettext": "true", "trim_blocks": "true", "lstrip_blocks": "true"}}


def gathered() -> bytes:
    """Return the template of all catalogues: every text once, with the files in which it stands."""
    catalog = Catalog(project="Clew", charset="utf-8", fuzzy=False)
    found = extract_from_dir(str(SOURCES), method_map=METHODS, options_map=OPTIONS)
    for name, _line, message, comments, context in sorted(found, key=lambda one: (one[0], one[1])):
        catalog.add(message, locations=[(name, None)], auto_comments=comments, context=context)  # type: ignore[list-item]
    for words in _of_questions():
        catalog.add(words, locations=[("questions/registry.py", None)])  # type: ignore[list-item]
    out = BytesIO()
    write_po(out, catalog, width=120, omit_header=True, sort_output=True)
    return out.getvalue()


def _of_questions() -> Iterator[str]:
    """Yield the words of questions, which pages and the command line say alike."""
    for question in REGISTRY.values():
        yield from (question.short, question.tells)
        yield from (option.help for option in question.options)


def compile_all() -> None:
    """Make the catalogues."""
    for file in sorted(LANGUAGES.glob("*.po")):
        with file.open("rb") as read, file.with_suffix(".mo").open("wb") as written:
            write_mo(written, read_po(read))


def main(does: str) -> int:
    if does == "gather":
        LANGUAGES.mkdir(exist_ok=True)
        POT.write_bytes(gathered())
    elif does == "check":
        if not POT.is_file() or POT.read_bytes() != gathered():
            print(f"{POT.relative_to(ROOT)} is not what the pages say; run scripts/texts.py gather")
            return 1
    elif does == "compile":
        compile_all()
    else:
        print(__doc__)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) == 2 else ""))
