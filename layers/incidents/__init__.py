"""Incidents: calls and reports, their states and deadlines, likely duplicates, lists, statistics."""
