"""Names in a picture: what of the city a camera shows by name, and where in the picture it stands."""
