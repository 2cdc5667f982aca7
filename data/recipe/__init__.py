"""The recipe of the demo city: from hand-drawn facts to ordinary source files, the same bytes of values each time."""
