"""What we know of the city and the rules for it: pure, values in and values out."""
