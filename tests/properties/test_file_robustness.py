"""Whatever a file holds, it is read or refused with places; and what is written reads back as it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clew.errors import FileProblems
from clew.files.scan import scan, scan_file
from clew.files.tree import ListNode, MapNode, Node, ScalarNode
from clew.files.write import to_yaml
from clew.firm.parse import parse_firm
from clew.journeys.parse import parse_journey
from clew.sources.parse import parse_source

EXAMPLE = Path(__file__).resolve().parents[1] / "unit/workspace/design_example"
PARSERS: dict[str, Callable[..., object]] = {
    "clew.yaml": parse_firm,
    "sources/crm.yaml": parse_source,
    "journeys/seller-onboarding.yaml": parse_journey,
    "journeys/seller-lifecycle.yaml": parse_journey,
}
FRAGMENTS = st.one_of(
    st.text(max_size=6), st.sampled_from(["\n", ": ", "- ", "&a ", "*a", "!!x ", "null", *"{}[]\t~|>#\"'"])
)


def told_lines(read: Callable[[], object]) -> list[int]:
    """The lines of the problems that reading tells; any other exception fails the test."""
    try:
        read()
    except FileProblems as faults:
        return [problem.line for problem in faults.problems]
    return []


@pytest.mark.parametrize("name", PARSERS)
@settings(max_examples=60)
@given(data=st.data())
def test_a_damaged_file_is_read_or_told_with_places(name: str, data: st.DataObject) -> None:
    text = (EXAMPLE / name).read_text("utf-8")
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 40)))
    damaged = text[:start] + data.draw(FRAGMENTS) + text[end:]

    lines = damaged.count("\n") + 2
    assert all(1 <= line <= lines for line in told_lines(lambda: PARSERS[name](damaged, Path(name))))


@given(st.text(max_size=60))
def test_any_text_is_a_tree_or_told_with_its_place(text: str) -> None:
    assert all(line >= 1 for line in told_lines(lambda: scan(text, Path("any.yaml"))))


@given(data=st.binary(max_size=60))
def test_any_bytes_are_a_tree_or_told_with_their_place(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(data)

    assert all(line >= 1 for line in told_lines(lambda: scan_file(path)))


WRITTEN = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
SCALARS = st.builds(ScalarNode, st.just(1), st.just(1), WRITTEN, st.just(False))
TREES: st.SearchStrategy[Node] = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.builds(ListNode, st.just(1), st.just(1), st.lists(inner, max_size=4).map(tuple)),
        st.builds(MapNode, st.just(1), st.just(1), st.lists(st.tuples(SCALARS, inner), max_size=4).map(tuple)),
    ),
    max_leaves=8,
)


def plain(node: Node) -> object:
    if isinstance(node, ScalarNode):
        return node.text
    if isinstance(node, ListNode):
        return [plain(item) for item in node.items]
    return [(key.text, plain(value)) for key, value in node.entries]


@given(TREES)
def test_a_written_tree_reads_back_as_it_was(tree: Node) -> None:
    assert plain(scan(to_yaml(tree), Path("written.yaml"))) == plain(tree)


@pytest.mark.parametrize("name", PARSERS)
def test_a_file_written_anew_has_the_same_meaning(name: str) -> None:
    text = (EXAMPLE / name).read_text("utf-8")
    again = to_yaml(scan(text, Path(name)))

    assert PARSERS[name](again, Path(name)) == PARSERS[name](text, Path(name))
