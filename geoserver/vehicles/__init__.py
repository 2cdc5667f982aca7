"""The city's own vehicles: which there are, where they are, where they have been."""
