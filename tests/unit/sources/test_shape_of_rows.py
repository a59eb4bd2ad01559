"""What a row becomes: its thread, its things, its events, what is kept apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.clock import ALWAYS
from clew.conditions.model import Operator
from clew.conditions.model import Test as Check
from clew.sources.columns import Column
from clew.sources.hashing import text_hashes
from clew.sources.model import AttributeSpec, ContactSpec, EventSpec, Given

Reader = Callable[..., Any]

NO_VALUE = -(2**63)


def test_a_wide_row_tells_of_one_event_for_each_time_that_is_filled(read: Reader) -> None:
    found = read(
        "id,placed,paid,sent\n1,2023-01-01 10:00:00,,2023-01-03\n2,,,\n",
        events=(EventSpec("placed", "placed"), EventSpec("paid", "paid"), EventSpec("sent", "sent")),
    )

    assert found.events == [("placed", "2023-01-01 10:00:00"), ("sent", "2023-01-03")]
    assert found.blocks[0].events.place.tolist() == [0, 2]
    assert found.entities == ["ticket:1", "ticket:2"]  # known, though nothing has happened to the second


def test_an_event_name_is_put_together_from_columns(read: Reader) -> None:
    found = read(
        "id,at,status,sub\n1,2023-01-01,Open,New\n2,2023-01-01,Open,\n3,2023-01-01,,New\n4,2023-01-01,,\n5,,,\n",
        events=(EventSpec("{status} / {sub}", "at"),),
    )

    assert [name for name, _ in found.events] == ["Open / New", "Open", "/ New"]
    assert found.rejected == [(5, "status", "", "no event name")]
    assert found.lines == [2, 3, 4, 6]


@pytest.mark.parametrize(
    ("test", "passing"),
    [
        (Check(((Operator.IS, "Won"),)), ["1"]),
        (Check(((Operator.IS_NOT, "Won"),)), ["2", "3", "4"]),
        (Check(((Operator.IN, ("Won", "Lost")),)), ["1", "2"]),
        (Check(((Operator.NOT_IN, ("Won", "Lost")),)), ["3", "4"]),
        (Check(((Operator.KNOWN, True),)), ["1", "2", "4"]),
        (Check(((Operator.KNOWN, False),)), ["3"]),
        (Check(((Operator.CONTAINS, "o"),)), ["1", "2"]),
        (Check(((Operator.AT_LEAST, 9),)), ["4"]),
        (Check(((Operator.IS, 10),)), ["4"]),
        (Check(((Operator.AT_LEAST, "M"),)), ["1"]),
        (Check(((Operator.ABOVE, 10),)), []),
        (Check(((Operator.BELOW, 11),)), ["4"]),
        (Check(((Operator.AT_MOST, 10), (Operator.AT_LEAST, 10))), ["4"]),
    ],
)
def test_when_lets_only_passing_rows_tell_of_an_event(read: Reader, test: Check, passing: list[str]) -> None:
    found = read(
        "id,at,result\n1,2023-01-01,Won\n2,2023-01-01,Lost\n3,2023-01-01,\n4,2023-01-01,10.0\n",
        events=(EventSpec("closed", "at", when={"result": test}),),
    )

    rows = found.blocks[0].events.row.tolist()
    assert [str(row + 1) for row in rows] == passing
    assert found.column("result") == ["Won", "Lost", None, "10.0"]  # tested, and kept


def test_who_and_where_come_from_columns_or_are_always_the_same(read: Reader) -> None:
    found = read(
        "id,at,group,agent\n1,2023-01-01,A,Ann\n2,2023-01-01,,\n",
        events=(
            EventSpec(
                "opened", "at", team=Given(column="group"), by=Given(column="agent"), channel=Given(always="mail")
            ),
            EventSpec("seen", "at", team=Given(always="sales")),
        ),
    )

    events = found.blocks[0].events
    assert events.team.texts() == ["A", None, "sales", "sales"]
    assert events.user.texts() == ["Ann", None, None, None]
    assert events.channel.texts() == ["mail", "mail", None, None]


def test_values_are_exact_millionths(read: Reader) -> None:
    found = read(
        "id,at,price\n1,2023-01-01,12.5\n2,2023-01-01,-0.000001\n3,2023-01-01,\n4,2023-01-01,1.50000000\n5,2023-01-01,1e3\n",
        events=(EventSpec("paid", "at", value="price"),),
    )

    assert found.blocks[0].events.value.tolist() == [12_500_000, -1, NO_VALUE, 1_500_000, 1_000_000_000]


@pytest.mark.parametrize(
    "text", ["1,5", "1.234.567", "12 €", "1 000", "0.0000001", "9" * 14, "1e30", "NaN", "inf", "0x10", "--1", "."]
)
def test_what_is_no_exact_number_is_rejected(read: Reader, text: str) -> None:
    found = read(f'id,at,price\n1,2023-01-01,"{text}"\n', events=(EventSpec("paid", "at", value="price"),))

    assert found.rejected == [(2, "price", text, "no number")]


def test_a_decimal_comma_is_read_when_declared_and_then_no_point(read: Reader) -> None:
    found = read(
        "id;at;price\n1;2023-01-01;1234,5\n2;2023-01-01;1.234,5\n3;2023-01-01;12.5\n",
        decimal=",",
        events=(EventSpec("paid", "at", value="price"),),
    )

    assert found.blocks[0].events.value.tolist() == [1_234_500_000]
    assert [row[3] for row in found.rejected] == ["no number", "no number"]


def test_a_declared_decimal_comma_makes_numbers_of_attributes_and_properties_too(read: Reader) -> None:
    found = read(
        "id;at;size;kind\n1;2023-01-01;425,45;A,5\n2;2023-01-01;-3;7,5\n",
        decimal=",",
        attributes=(AttributeSpec("size", "size", of="ticket"),),
        properties=("kind",),
    )

    block = found.blocks[0]
    assert block.attributes[0].value.texts() == ["425.45", "-3"]
    assert block.rows.properties["kind"].texts() == ["A,5", "7.5"]


def test_the_sources_own_order_is_a_whole_number(read: Reader) -> None:
    found = read(
        "id,at,step\n1,2023-01-01,3\n2,2023-01-01,4.0\n3,2023-01-01,\n4,2023-01-01,1.5\n5,2023-01-01,1678901234567890123\n",
        events=(EventSpec("opened", "at", sequence="step"),),
    )

    assert found.blocks[0].events.sequence.tolist() == [3, 4, 0, 1_678_901_234_567_890_123]
    assert found.rejected == [(5, "step", "1.5", "no sequence number")]


def test_the_account_is_the_thread_and_the_subject_stands_in_for_it(read: Reader) -> None:
    found = read("id,at,firm\n1,2023-01-01,A\n2,2023-01-01,\n", account=("firm", "firm"))

    assert found.entities == ["firm:A", "ticket:2"]
    block = found.blocks[0]
    assert [block.entities[code] for code in block.rows.subjects["ticket"].tolist()] == ["ticket:1", "ticket:2"]


def test_a_row_without_account_and_subject_is_rejected(read: Reader) -> None:
    found = read("id,at,firm\n1,2023-01-01,A\n2,2023-01-01,\n", account=("firm", "firm"), subjects={})

    assert found.rejected == [(3, "firm", "", "no account")]


def test_an_empty_id_is_rejected(read: Reader) -> None:
    assert read("id,at\n,2023-01-01\n", account=("firm", "at")).rejected == [(2, "id", "", "missing id")]


def test_the_domain_of_an_address_is_the_account_unless_anybody_can_have_one_there(read: Reader) -> None:
    found = read(
        "id,at,mail\n1,2023-01-01,Ann@Acme.com\n2,2023-01-01,bob@GMAIL.com\n3,2023-01-01,eve@mail.yahoo.co.uk\n"
        "4,2023-01-01,nonsense\n5,2023-01-01,\n6,2023-01-01,Åsa@Ekström.example\n",
        account=("domain", "mail"),
        subjects={"ticket": "id"},
    )

    assert found.entities == ["domain:acme.com", None, None, "ticket:5", "domain:ekström.example"]
    assert found.blocks[0].rows.contact.texts() == [None, "bob@gmail.com", "eve@mail.yahoo.co.uk", None, None]
    assert found.rejected == [(5, "mail", "nonsense", "no e-mail address")]
    assert found.notes == {"FREE_MAIL": 2}


def test_a_declared_contact_is_the_thread_of_a_free_mail_address(read: Reader) -> None:
    found = read(
        "id,at,mail,person\n1,2023-01-01,bob@gmail.com,P1\n2,2023-01-01,eve@gmail.com,\n",
        account=("domain", "mail"),
        contact=ContactSpec(id="person"),
    )

    assert found.entities == [None, None]
    assert found.blocks[0].rows.contact.texts() == ["P1", "eve@gmail.com"]


def test_free_mail_domains_never_link(read: Reader) -> None:
    found = read(
        "id,at,firm,mail\n1,2023-01-01,A,x@acme.com\n2,2023-01-01,B,y@gmail.com\n",
        account=("firm", "firm"),
        links=((("firm", "firm"), ("domain", "mail")),),
    )

    block = found.blocks[0]
    pairs = zip(block.links.left.tolist(), block.links.right.tolist(), strict=True)
    assert [(block.entities[left], block.entities[right]) for left, right in pairs] == [("firm:A", "domain:acme.com")]


def test_links_name_pairs_that_are_both_there_from_their_own_time_on(read: Reader) -> None:
    found = read(
        "id,at,lead,seller,since\n1,2023-01-01,L1,S1,2023-02-01\n2,2023-01-01,L2,,\n3,2023-01-01,L3,S3,\n",
        links=((("lead", "lead"), ("seller", "seller"), ("ticket", "id")),),
        linked_at="since",
    )

    block = found.blocks[0]
    links = block.links
    told = [
        (row, block.entities[left], block.entities[right], at == ALWAYS)
        for row, left, right, at in zip(
            *(column.tolist() for column in (links.row, links.left, links.right, links.at)), strict=True
        )
    ]
    assert sorted(told) == [
        (0, "lead:L1", "seller:S1", False),
        (0, "lead:L1", "ticket:1", False),
        (0, "seller:S1", "ticket:1", False),
        (1, "lead:L2", "ticket:2", True),
        (2, "lead:L3", "seller:S3", True),
        (2, "lead:L3", "ticket:3", True),
        (2, "seller:S3", "ticket:3", True),
    ]


def test_attributes_belong_to_the_account_or_to_the_thing_named(read: Reader) -> None:
    found = read(
        "id,at,firm,size,kind,since\n1,2023-01-01,A,10,pet,2023-01-05\n2,2023-01-01,,20,,\n3,2023-01-01,B,,toy,2030-01-01\n",
        account=("firm", "firm"),
        attributes=(
            AttributeSpec("size", "size"),
            AttributeSpec("kind", "kind", at="since", of="ticket"),
        ),
    )

    block = found.blocks[0]
    size, kind = block.attributes
    assert [block.entities[code] for code in size.entity.tolist()] == ["firm:A", "ticket:2"]
    assert (size.value.texts(), size.at.tolist()) == (["10", "20"], [ALWAYS, ALWAYS])
    assert [block.entities[code] for code in kind.entity.tolist()] == ["ticket:1", "ticket:3"]
    assert kind.row.tolist() == [0, 2]  # a date in the future is a plan, not a fault
    assert found.rejected == []


def test_an_attribute_without_its_date_is_kept_as_undated_and_counted(read: Reader) -> None:
    found = read(
        "id,at,size,since\n1,2023-01-01,10,\n2,2023-01-01,11,2023-01-01\n",
        attributes=(AttributeSpec("size", "size", at="since"),),
    )

    assert (found.blocks[0].attributes[0].at == ALWAYS).tolist() == [True, False]
    assert found.notes == {"UNDATED": 1}


def test_properties_are_all_columns_not_mapped_elsewhere_unless_named(read: Reader) -> None:
    content = "id,at,color,size,secret\n1,2023-01-01,red,,x\n"

    assert set(read(content, personal=("secret",)).blocks[0].rows.properties) == {"color", "size"}
    assert set(read(content, properties=("color",)).blocks[0].rows.properties) == {"color"}
    assert read(content, personal=("secret",)).blocks[0].rows.personal["secret"].texts() == ["x"]


def test_what_is_known_of_the_contact_stands_beside_the_row(read: Reader) -> None:
    found = read(
        "id,at,who,mail,name,role\n1,2023-01-01,P1,a@b.c,Ann,buyer\n2,2023-01-01,,,,\n",
        contact=ContactSpec(id="who", email="mail", name="name", role="role"),
    )

    rows = found.blocks[0].rows
    assert [rows.contact.texts(), rows.email.texts(), rows.name.texts(), rows.role.texts()] == [
        ["P1", None],
        ["a@b.c", None],
        ["Ann", None],
        ["buyer", None],
    ]
    assert not rows.properties


def test_the_system_says_itself_when_it_learnt_of_a_row(read: Reader) -> None:
    found = read("id,at,known\n1,2023-01-01,2023-01-05 00:00:00Z\n2,2023-01-01,\n", learnt="known")

    assert found.blocks[0].rows.learnt.tolist() == [1_672_876_800_000_000, NO_VALUE]


def test_a_rejected_row_takes_everything_it_says_with_it(read: Reader) -> None:
    found = read(
        "id,at,size,firm,other\n1,never,10,A,B\n2,2023-01-01,11,C,D\n",
        account=("firm", "firm"),
        attributes=(AttributeSpec("size", "size"),),
        links=((("firm", "firm"), ("other", "other")),),
    )

    block = found.blocks[0]
    assert len(block.rows) == len(block.events) == len(block.links) == len(block.attributes[0].row) == 1
    assert block.events.row.tolist() == block.links.row.tolist() == block.attributes[0].row.tolist() == [0]
    assert block.entities[block.rows.entity[0]] == "firm:C"
    assert found.rejected[0][0] == 2


# --- keys and contents


def test_a_key_depends_on_source_id_and_account_only(read: Reader) -> None:
    def keys(content: str, **source: Any) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = read(content, **{"account": ("firm", "firm"), **source}).keys
        return found

    first = keys("id,at,firm,note\n1,2023-01-01,A,x\n")

    assert keys("note,id,firm,at\ny,1,A,2023-05-01\n") == first  # other order of columns, other content
    assert keys("id,at,firm,note\n2,2023-01-01,A,x\n") != first
    assert keys("id,at,firm,note\n1,2023-01-01,B,x\n") != first  # an order with two sellers is two rows
    assert keys("id,at,firm,note\n1,2023-01-01,A,x\n", name="another") != first


def test_equal_contents_are_equal_however_they_are_quoted(read: Reader) -> None:
    plain = read("id,at,note\n1,2023-01-01,x\n").contents

    assert read('"id","at","note"\r\n"1","2023-01-01","x"\r\n').contents == plain
    assert read("note;at;id\nx;2023-01-01;1\n").contents == plain
    assert read("id,at,note\n1,2023-01-01,y\n").contents != plain


def test_values_cannot_wander_between_columns(read: Reader) -> None:
    found = read("id,at,a,b\n1,2023-01-01,x,\n1,2023-01-01,,x\n1,2023-01-01,xy,z\n1,2023-01-01,x,yz\n")

    assert len(set(found.contents)) == 4


def test_without_an_id_identical_rows_have_one_key_and_others_another(read: Reader) -> None:
    found = read("id,at,note\n1,2023-01-01,x\n1,2023-01-01,x\n1,2023-01-01,y\n", id=())

    assert found.keys[0] == found.keys[1] != found.keys[2]


def test_keys_stay_what_they_are_from_version_to_version(read: Reader) -> None:
    found = read("id,at,note\n1,2023-01-01,x\n")

    assert (found.keys, found.contents) == (PINNED_KEYS, PINNED_CONTENTS)


# Stored logs hold these: a change here makes every row that was loaded before a new one.
PINNED_KEYS = [(8641016746687599984, 5765410062715369532)]
PINNED_CONTENTS = [17646661262985817436]


@given(st.lists(st.text(max_size=40), min_size=1), st.integers(0, 2**64 - 1))
def test_hashes_are_murmurhash64a(texts: list[str], seed: int) -> None:
    column = Column.of_texts(texts)

    hashes = text_hashes(column.text.buffer, column.starts, column.lengths, seed)

    assert hashes.tolist() == [murmur_hash_64a(text.replace('"', '""').encode(), seed) for text in texts]


def murmur_hash_64a(key: bytes, seed: int) -> int:
    """The reference of Austin Appleby (MurmurHash2.cpp, public domain), one byte string at a time."""
    m, r, mask = 0xC6A4A7935BD1E995, 47, 2**64 - 1
    h = seed ^ (len(key) * m & mask)
    whole = len(key) // 8 * 8
    for at in range(0, whole, 8):
        k = int.from_bytes(key[at : at + 8], "little") * m & mask
        k ^= k >> r
        h = ((h ^ (k * m & mask)) * m) & mask
    if key[whole:]:
        h = ((h ^ int.from_bytes(key[whole:], "little")) * m) & mask
    h ^= h >> r
    h = h * m & mask
    return h ^ (h >> r)


def test_long_texts_that_differ_anywhere_have_different_hashes() -> None:
    long = "x" * 1000
    column = Column.of_texts([long, long, "y" + long[1:], long[1:] + "y", long + "x"])

    assert [column.codes[0] == code for code in column.codes] == [True, True, False, False, False]
    assert len(column.names) == 4


def test_hundreds_of_thousands_of_texts_have_as_many_codes() -> None:
    texts = [f"ticket {number % 70_000}" for number in range(200_000)]

    column = Column.of_texts(texts)

    assert len(column.names) == len(set(column.names)) == 70_000
    assert [column.names[code] for code in column.codes.tolist()] == texts


def test_rows_of_an_id_share_the_upper_half_of_their_keys_and_differ_by_account(read: Reader) -> None:
    found = read("id,firm,at\n1,acme,\n1,bolt,\n1,,\n2,acme,\n", account=("firm", "firm"))

    upper, lower = zip(*found.keys, strict=True)
    assert [upper.index(half) for half in upper] == [0, 0, 0, 3]
    assert len(set(lower)) == 4


def test_rejected_row_that_tells_its_id_leaves_its_key(read: Reader) -> None:
    usable = read("id,at\n1,2023-01-01\n2,2023-01-01\n")
    found = read("id,at\n1,soon\n2,2023-01-01\n,soon\n")

    rows = found.blocks[0].rows
    assert list(zip(rows.unusable_hi.tolist(), rows.unusable_lo.tolist(), strict=True)) == usable.keys[:1]
