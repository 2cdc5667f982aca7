"""Routes: a line over the ground, the cameras that see it, and the few of them that are enough."""
