"""Cameras: pose, optics, view, coverage, link, and how they are read from files."""
