"""The flat map: XYZ tiles drawn from the vectors and the relief, dark and light, in two languages."""
