"""Words that people read, ready for translation.

English is the language of the sources; catalogues `languages/<language>.mo` give the others, and a request is answered
in the first language of its sender that has one. Say `_("...")` in code that speaks to people on pages, and
`{{ _("...") }}` or `{% trans %}` in templates. What is logged, stored or sent to machines is not translated.
"""

from __future__ import annotations

from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib import resources

ENGLISH = "en"

_LANGUAGE: ContextVar[str] = ContextVar("language", default=ENGLISH)


def speak(language: str) -> None:
    """Speak this language from now on, in this context: one request."""
    _LANGUAGE.set(language)


def spoken() -> str:
    """Return the language that is spoken."""
    return _LANGUAGE.get()


def language_for(accepted: str) -> str:
    """Choose from a header Accept-Language the first language in its order that there is a catalogue for."""
    for wish in accepted.split(","):
        language = wish.partition(";")[0].strip().lower().partition("-")[0]
        if language == ENGLISH or (language.isalpha() and _catalogue(language)):
            return language
    return ENGLISH


def gettext(words: str) -> str:
    """Return words in the language that is spoken."""
    found = _catalogue(spoken())
    return found.gettext(words) if found else words


def ngettext(one: str, many: str, count: int) -> str:
    """Return the form of words that fits a count."""
    return (_catalogue(spoken()) or NullTranslations()).ngettext(one, many, count)


def marked(words: str) -> str:
    """Mark words for translators that stand in a table: they are translated where they are shown."""
    return words


_ = gettext
N_ = marked


@cache
def _catalogue(language: str) -> NullTranslations | None:
    file = resources.files("clew").joinpath("languages", f"{language}.mo")
    if not file.is_file():
        return None
    with file.open("rb") as read:
        return GNUTranslations(read)
