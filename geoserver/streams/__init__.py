"""Streams of cameras: read once, handed on to many, without being encoded anew."""
