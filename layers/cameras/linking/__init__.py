"""From a place to the cameras that see it: the index, the exact lines, the ranking and the reasons."""
