"""Streams: addresses, sources, fragments, the gateway."""
