"""The address under which people and tools reach this Clew."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clew.web.request import Asked


def own_address(asked: Asked) -> str:
    """Return it as the settings say, else as this browser did; without a slash at the end."""
    return asked.parts.settings.public_url or str(asked.request.base_url).rstrip("/")
