"""The version of Broadsheet."""

__version__ = "0.1.0"
