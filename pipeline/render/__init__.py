"""Renderers: from the archive in memory to the bytes of every edition."""
