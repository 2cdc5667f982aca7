"""Live pictures: where they come from, and how they reach those who watch."""
