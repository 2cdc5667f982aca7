"""Which engine keeps series (fixes, passages): the same work by four, in one run."""
