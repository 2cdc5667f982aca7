"""HTTP: one file per concern; a route fetches, calls one function of the layers and answers."""
