"""A real town from files: Alexandria, Virginia, with its own lidar ground, surface and footprints."""
