"""What can go wrong while a bundle is made: for whoever makes it, at a terminal of a source tree."""


class CannotBundle(Exception):
    """Something is missing or does not fit; the message says what helps."""
