"""A checker of 3D Tiles 1.1: tilesets, subtrees, metadata schemas, and the metadata extensions of glTF."""
