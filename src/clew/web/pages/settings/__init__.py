"""Settings: what governs this workspace, as forms and as text, and what this process runs with."""

from clew.web.pages.settings import overview, process, section

ENDPOINTS = (*overview.ENDPOINTS, *process.ENDPOINTS, *section.ENDPOINTS)
