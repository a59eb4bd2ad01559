"""Journeys edited in the browser: their files as forms and as text, checked, compared, published, begun, taken away."""

from clew.web.pages.journey_editing import adding, checking, comparing, editing, publishing, removing

ENDPOINTS = (
    *adding.ENDPOINTS,
    *editing.ENDPOINTS,
    *checking.ENDPOINTS,
    *comparing.ENDPOINTS,
    *publishing.ENDPOINTS,
    *removing.ENDPOINTS,
)
