"""Take texts out of the dictionaries: codes stay, so no total changes; the files that held them go at once."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from clew.archive.draft import sweep
from clew.archive.manifest import following, publish_manifest, read_manifest
from clew.archive.names import Lines, StoredDictionary, written
from clew.files.replace import sync_folder


def rewrite_texts(store: Path, rewriting: Callable[[str], Callable[[str], str]]) -> dict[str, int]:
    """Replace texts in every dictionary; return how many by dictionary, those of which none changed left out.

    rewriting  gives for the name of a dictionary what its texts are replaced by

    Whoever reads an older generation is told to ask again.
    """
    manifest = read_manifest(store)
    upcoming = following(manifest)
    changed: dict[str, int] = {}
    dictionaries = dict(manifest.dictionaries)
    for name, lines in manifest.dictionaries.items():
        texts = StoredDictionary(store, lines).texts()
        rewrite = rewriting(name)
        fresh = [rewrite(text) for text in texts]
        count = sum(one != other for one, other in zip(texts, fresh, strict=True))
        if count:
            changed[name] = count
            dictionaries[name] = _write(store, lines, fresh, upcoming.generation)
    if changed:
        kept = {lines.file for lines in dictionaries.values()}
        former = tuple(path for path in upcoming.former if not path.startswith("names/") or path in kept)
        upcoming = replace(upcoming, dictionaries=dictionaries, former=former)
        publish_manifest(store, upcoming)
        sweep(store, upcoming)
    return changed


def _write(store: Path, lines: Lines, texts: list[str], generation: int) -> Lines:
    stem = Path(lines.file).name.split(".g0")[0].removesuffix(".jsonl")
    file = f"names/{stem}.g{generation:06d}.jsonl"
    data = written(texts)
    with (store / file).open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    sync_folder(store / "names")
    return Lines(file, len(texts), len(data))
