"""A workspace: the files of one firm, read and checked together."""

from clew.workspace.workspace import Workspace, open_workspace

__all__ = ["Workspace", "open_workspace"]
