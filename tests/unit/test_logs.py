"""The log says what happened and nothing of persons."""

from __future__ import annotations

import ast
import io
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from clew import logs
from clew.errors import BadInput

SOURCE = Path(__file__).resolve().parents[2] / "src/clew"


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    logs.begin("info", "json", stream)
    yield stream
    logs.end()


def lines(out: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_line_is_a_sentence_with_a_few_known_keys(out: io.StringIO) -> None:
    logs.info("events taken in", source="helpdesk", accepted=12, shards=[1, 2])
    logs.debug("not asked for")

    (line,) = lines(out)
    assert str(line.pop("timestamp")).endswith("Z")
    assert line == {"event": "events taken in", "level": "info", "source": "helpdesk", "accepted": 12, "shards": [1, 2]}


@pytest.mark.parametrize(
    ("sentence", "keys"),
    [
        ("person seen", {"email": "ada@lovelace.example"}),  # a key that nobody allowed
        ("person seen", {"source": "ada@lovelace.example"}),  # an address in an allowed key
        ("person seen", {"source": {"name": "ada@lovelace.example"}}),  # an object in an allowed key
        ("person seen", {"source": "ada lovelace.example " * 20}),  # free text in an allowed key
        ("person seen", {"shards": ["ada@lovelace.example"]}),
        ("read ada@lovelace.example", {}),  # a sentence with data put in
        ("called 0049 30 lovelace", {}),
    ],
)
def test_personal_data_are_withheld(sentence: str, keys: dict[str, object], out: io.StringIO) -> None:
    logs.info(sentence, **keys)

    assert lines(out)
    assert "lovelace" not in out.getvalue()


def test_what_was_dropped_is_named_by_its_key(out: io.StringIO) -> None:
    logs.warning("person seen", email="ada@lovelace.example", rows=1)

    assert lines(out)[0]["withheld"] == ["email"]


def test_of_an_error_its_kind_and_places_are_written_but_not_its_message(out: io.StringIO) -> None:
    def reads(text: str) -> None:
        try:
            int(text)
        except ValueError as cause:
            raise BadInput(f"{text} is no number") from cause

    with pytest.raises(BadInput) as raised:
        reads("ada@lovelace.example")
    logs.failure("row failed", raised.value, source="crm")

    (line,) = lines(out)
    assert line["error"] == ["BadInput", "ValueError"]
    assert line["code"] == "bad-input"
    assert str(line["trace"]).endswith("reads']")
    assert "lovelace" not in out.getvalue()


def test_what_libraries_log_goes_the_same_way(out: io.StringIO) -> None:
    logging.getLogger("uvicorn.error").info("Started server process [%d]", 42)
    logging.getLogger("uvicorn.access").info("GET /people?email=ada@lovelace.example")
    logging.getLogger("sqlalchemy.pool").error("lost %s", "ada@lovelace.example", exc_info=ValueError("lovelace"))

    assert [line["event"] for line in lines(out)] == ["Started server process [%d]", "lost %s"]
    assert lines(out)[1]["error"] == ["ValueError"]
    assert "lovelace" not in out.getvalue()


def test_every_line_that_is_written_somewhere_comes_out_whole() -> None:
    """A key that nobody allowed, or a sentence with a number, would be dropped when it is needed most."""
    wrong: list[str] = []
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name("logs"), attr="debug" | "info" | "warning" | "failure")
                ):
                    sentence = node.args[0]
                    fixed = isinstance(sentence, ast.Constant) and not re.search(r"[\d@]", str(sentence.value))
                    unknown = [one.arg for one in node.keywords if one.arg not in logs.KEYS]
                    if unknown or not fixed:
                        wrong.append(f"{path.relative_to(SOURCE)}:{node.lineno}: {unknown}")

    assert wrong == []


def test_a_terminal_gets_the_same_for_people() -> None:
    stream = io.StringIO()
    logs.begin("warning", "console", stream)
    logs.info("not asked for")
    logs.warning("backlog grows", part="intake", count=7, name="Ada Lovelace")
    logs.end()
    logs.warning("after the end")

    assert "backlog grows" in stream.getvalue()
    assert "count=7" in stream.getvalue()
    assert "Lovelace" not in stream.getvalue()
    assert "after" not in stream.getvalue()
