"""Where events arrive: what each tool's client sends is taken in under a write key and answered after the commit."""

from clew.web.ingest.endpoints import ENDPOINTS

__all__ = ["ENDPOINTS"]
