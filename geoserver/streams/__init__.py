"""Moving pictures of cameras: fetched once, handed to many, each viewer by a ticket of their own."""
