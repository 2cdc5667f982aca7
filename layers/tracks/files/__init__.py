"""Tracks from files of other systems; each row that cannot be used is named with the reason."""
