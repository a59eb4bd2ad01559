"""Merging: why ids are one account, make it one with another, split it, take either back."""

from clew.web.pages.merging.doing import ENDPOINTS as _DOING
from clew.web.pages.merging.page import ENDPOINTS as _SHOWING

ENDPOINTS = (*_SHOWING, *_DOING)
