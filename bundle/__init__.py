"""Packs the server, its client and a built city for a machine without any registry. Runs from a source tree only."""
