"""A block that is rendered alone finds what its template declares before it."""

from __future__ import annotations

import pytest
from jinja2 import DictLoader, Environment

from clew.web.frame import environment as made


def test_a_block_alone_knows_macros_imports_and_values_of_its_template(monkeypatch: pytest.MonkeyPatch) -> None:
    written = {
        "base": "<html>{% block main %}{% endblock %}</html>",
        "parts": "{% macro bold(words) %}<b>{{ words }} {{ now }}</b>{% endmacro %}",
        "page": "{% extends 'base' %}{% import 'parts' as part with context %}{% set kept = 'k' %}"
        "{% macro own(words) %}<i>{{ words }}</i>{% endmacro %}"
        "{% block main %}x{% block list %}{{ part.bold('a') }}{{ own('b') }}{{ kept }}{% endblock %}{% endblock %}",
    }
    monkeypatch.setattr(made, "environment", lambda: Environment(loader=DictLoader(written), autoescape=True))

    assert made.render_block("page", "list", {"now": 7}) == "<b>a 7</b><i>b</i>k"
    assert made.render_block("page", "other", {}) is None
