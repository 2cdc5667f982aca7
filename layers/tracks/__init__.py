"""Tracks of the city's own vehicles: fixes in order, lengths, gaps and stops, files that they come from and go to."""
