"""Compiled leaf functions over arrays: no Python objects, inputs never written to."""
