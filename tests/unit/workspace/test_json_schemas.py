"""The published JSON Schemas accept what the check accepts, refuse plain mistakes, and describe every key."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clew.files.scan import scan_file
from clew.files.tree import ListNode, Node, ScalarNode
from clew.workspace.documents import DOCUMENTS, Document, condition_keys, schema_files

ROOT = Path(__file__).resolve().parents[3]
FILES = [
    (name, path)
    for folder in (
        "src/clew/templates/*",
        "examples/*",
        "src/clew/demo/workspace/*",
        "tests/unit/workspace/design_example",
        "tests/unit/workspace/meanings_example",
    )
    for name, pattern in (
        ("clew", "clew.yaml"),
        ("source", "sources/*.yaml"),
        ("journey", "journeys/*.yaml"),
        ("meanings", "meanings.yaml"),
    )
    for path in sorted(ROOT.glob(f"{folder}/{pattern}"))
]


def as_an_editor_sees(node: Node) -> Any:
    """YAML 1.2 values, as an editor gives them to the schema."""
    if isinstance(node, ListNode):
        return [as_an_editor_sees(item) for item in node.items]
    if not isinstance(node, ScalarNode):
        return {key.text: as_an_editor_sees(value) for key, value in node.entries}
    if not node.plain:
        return node.text
    try:
        return json.loads(node.text)
    except ValueError:
        return node.text


def validator(document: Document) -> Any:
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    return jsonschema.Draft202012Validator(document.schema())


def test_every_example_passes_its_schema() -> None:
    checkers = {name: validator(document) for name, document in DOCUMENTS.items()}

    refused = {
        str(path): [error.message for error in checkers[name].iter_errors(as_an_editor_sees(scan_file(path)))]
        for name, path in FILES
    }
    assert len(refused) > 30
    assert {path: errors for path, errors in refused.items() if errors} == {}


def test_a_schema_is_valid_and_refuses_an_unknown_key() -> None:
    for name, document in DOCUMENTS.items():
        checker = validator(document)
        path = next(path for kind, path in FILES if kind == name)
        mistaken = {**as_an_editor_sees(scan_file(path)), "no-such-key": 1}

        checker.check_schema(checker.schema)
        assert not checker.is_valid(mistaken)


def test_a_schema_refuses_a_misspelled_key_deep_inside() -> None:
    checker = validator(DOCUMENTS["journey"])
    path = ROOT / "tests/unit/workspace/design_example/journeys/seller-onboarding.yaml"
    journey = as_an_editor_sees(scan_file(path))
    mistaken = copy.deepcopy(journey)
    mistaken["stages"][1]["enter"]["any"][0] = {"evnt": "catalogue started"}

    assert checker.is_valid(journey)
    assert not checker.is_valid(mistaken)


def described(schema: Any) -> Iterator[bool]:
    """Whether each property has a description."""
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield from (bool(one.get("description")) for one in schema.get("properties", {}).values())
        for value in schema.values():
            yield from described(value)
    elif isinstance(schema, list):
        for item in schema:
            yield from described(item)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_property_of_a_schema_is_described(name: str) -> None:
    found = list(described(DOCUMENTS[name].schema()))

    assert len(found) > 10
    assert all(found)


def test_every_key_has_a_sentence() -> None:
    keys = [doc for document in DOCUMENTS.values() for doc in document.key_docs()] + condition_keys()

    assert {"stages[].limit", "events[].at", "silent.for"} <= {path for path, _ in keys}
    assert [path for path, about in keys if not about.strip().endswith((".", ":"))] == []


def test_schema_files_are_json_of_draft_2020_12() -> None:
    files = schema_files()

    assert sorted(files) == ["clew.schema.json", "journey.schema.json", "meanings.schema.json", "source.schema.json"]
    assert all(json.loads(text)["$schema"].endswith("2020-12/schema") for text in files.values())
