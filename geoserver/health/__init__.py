"""Health of cameras: checked by one process, kept in the database, told by all of them."""
