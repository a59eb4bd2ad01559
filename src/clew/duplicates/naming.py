"""Names of firms as they are compared: without their legal form, without accents, word by word."""

from __future__ import annotations

import re
import unicodedata

_FORMS = frozenset(
    (
        "ab ag aktiengesellschaft aps as asa bhd bv bvba co company corp corporation cv doo ead eg ek eood eurl ev gbr "
        "gesmbh ggmbh gmbh haftungsbeschrankt haftungsbeschraenkt inc incorporated kft kg kgaa kk lda limited llc llp "
        "lp ltd ltda mbh nv nyrt oao ohg oo ood ooo ou oy oyj plc pte pty pvt sa sarl sas sasu sau sc scop scrl sdn se "
        "sia sl slu snc sp spa spolka sprl srl sro uab ug vof z zoo zrt"
    ).split()
)
_BRANCHES = frozenset(
    (
        "america americas austria belgie belgique belgium benelux brasil brazil canada china czech danmark "
        "denmark deutschland espana europa europe finland france germany hungary iberia iberica india ireland "
        "italia italy japan magyarorszag mexico nederland netherlands nordic norge norway oesterreich polen "
        "polska poland portugal romania schweiz singapore spain suisse suomi sverige sweden svizzera "
        "switzerland tuerkiye turkey uk us usa beteiligung beteiligungen beteiligungs finance foundation "
        "holding immobilien leasing stiftung trust vermoegensverwaltung vermoegensverwaltungs verwaltung "
        "verwaltungs"
    ).split()
)
_JOINING = frozenset(("and", "e", "et", "og", "och", "u", "und", "y"))
_SPELT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d"})
_ENDING = re.compile(r"\.(com|net|org|eu|io|co\.uk|de|at|ch|nl|be|fr|it|es|se|dk|no|fi|pl|cz)\b")
_LETTERS = re.compile(r"\b([a-z])/([a-z])\b")  # a/s
_DROPPED = re.compile(r"[.'’`´]")
_VOWELS, _TWICE = re.compile(r"[aeiouy]"), re.compile(r"(.)\1+")
_APART = re.compile(r"[\W_]+")


def words_of(name: str) -> tuple[str, ...]:
    """Return the words that tell a firm from others: "Müller & Söhne GmbH & Co. KG" is mueller soehne.

    A name of nothing but legal forms keeps them.
    """
    plain = _LETTERS.sub(r"\1\2", _DROPPED.sub("", _ENDING.sub("", _plain(name))))
    every = [word for word in _APART.split(plain) if word]
    words = [word for word in every if word not in _JOINING] or every
    first, last = 0, len(words)
    while last - first > 1 and words[last - 1] in _FORMS:
        last -= 1
    while last - first > 1 and words[first] in _FORMS:
        first += 1
    return tuple(words[first:last])


def _plain(name: str) -> str:
    """Small letters without accents; other scripts stay as they are."""
    spelt = name.casefold().translate(_SPELT)
    return "".join(sign for sign in unicodedata.normalize("NFKD", spelt) if not unicodedata.combining(sign))


def numbers_in(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words with digits: "Plant 2" and "Plant 3" are different firms."""
    return tuple(sorted(word for word in words if any(sign.isdigit() for sign in word)))


def branch_in(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words that tell firms of one group apart: lands, holdings, what is founded to own or to lend."""
    return tuple(sorted(_BRANCHES.intersection(words)))


def skeleton(word: str) -> str:
    """Return what most misspellings leave of a word: its consonants, each once where it is doubled."""
    kept = word[:1] + _VOWELS.sub("", word[1:])
    return _TWICE.sub(r"\1", kept)


def stem(domain: str) -> str:
    """Return a domain without its endings: nordwind of nordwind.co.uk."""
    parts = domain.split(".")
    short = len(parts) > 2 and len(parts[-2]) <= 3  # co.uk, com.br
    kept = parts[: -2 if short else -1]
    return kept[-1] if kept else domain
