"""Readers of source files: each turns what a city file names into arrays in the city's frame."""
