"""Settings of a running Clew: from the environment and a file, read once at start."""

from clew.config.model import SETTINGS, BadSettings, Setting, Settings
from clew.config.reading import Told, read_settings, settings_file, told_settings, unknown_settings
from clew.config.values import Network

__all__ = [
    "SETTINGS",
    "BadSettings",
    "Network",
    "Setting",
    "Settings",
    "Told",
    "read_settings",
    "settings_file",
    "told_settings",
    "unknown_settings",
]
