"""Looks at links: politely, many hosts at once, and remembers what it saw."""

from pipeline.patrol.memory import Memory
from pipeline.patrol.patrol import Looked, look

__all__ = ["Looked", "Memory", "look"]
