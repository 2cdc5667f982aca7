"""The situation as it was: at a moment, and from one moment to another."""
