"""Filters over the fields of records: what may be asked of a kind, and the conditions that are asked for. Pure."""
