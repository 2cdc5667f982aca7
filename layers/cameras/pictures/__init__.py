"""The camera's picture and the city: stills, edges, places of pixels, the mesh and the cone of a view."""
