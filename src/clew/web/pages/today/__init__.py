"""Today: everyone's home, ordered by who somebody is and by what there is."""

from clew.web.pages.today.page import ENDPOINTS

__all__ = ["ENDPOINTS"]
