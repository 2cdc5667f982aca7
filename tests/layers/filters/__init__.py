"""Filters over records."""
