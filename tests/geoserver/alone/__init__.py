"""Tests that write: each has a server and a flat scene of its own."""
