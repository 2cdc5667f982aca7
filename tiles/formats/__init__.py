"""File formats that the build writes, each in one module; no geometry is decided here."""
