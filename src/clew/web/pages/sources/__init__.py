"""Sources: the list, a new one, and the page of one with its file, its keys and what to paste into the tool."""

from clew.web.pages.sources import adding, keys, listing, one

ENDPOINTS = (*listing.ENDPOINTS, *adding.ENDPOINTS, *one.ENDPOINTS, *keys.ENDPOINTS)
