"""Workers: who works, how far behind is it, what waits, what to do."""

from clew.web.pages.workers.page import ENDPOINTS as ENDPOINTS
