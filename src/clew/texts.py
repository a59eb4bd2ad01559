"""Words that people read, ready for translation.

English is the language of the sources; a catalogue gives the others. Say `_("...")` in code that speaks to people on
pages, `{{ _("...") }}` or `{% trans %}` in templates. What is logged, stored or sent to machines is not translated.
"""

from __future__ import annotations

from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib import resources

_LANGUAGE: ContextVar[str] = ContextVar("language", default="en")


def speak(language: str) -> None:
    """Speak this language from now on, in this context: one request."""
    _LANGUAGE.set(language)


def translations() -> NullTranslations:
    """Return the catalogue of the language that is spoken; English has none."""
    return _catalogue(_LANGUAGE.get())


def gettext(words: str) -> str:
    """Return words in the language that is spoken."""
    return translations().gettext(words)


def ngettext(one: str, many: str, count: int) -> str:
    """Return the form of words that fits a count."""
    return translations().ngettext(one, many, count)


_ = gettext


@cache
def _catalogue(language: str) -> NullTranslations:
    file = resources.files("clew") / "languages" / f"{language}.mo"
    if not file.is_file():
        return NullTranslations()
    with file.open("rb") as read:
        return GNUTranslations(read)
