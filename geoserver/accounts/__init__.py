"""Who somebody is: accounts, sessions, tokens, lock-out. What they may do is in ``layers.grants``."""
