"""Tracks as other programs read them."""
