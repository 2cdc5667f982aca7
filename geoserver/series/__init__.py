"""Series: what is too much for the journal. Kept in columns by day, dropped by retention."""
