"""Coverage of the whole city: footprints of all cameras on one lattice, counted, measured and drawn."""
