"""Targets a world can be written to."""
