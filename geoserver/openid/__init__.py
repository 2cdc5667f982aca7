"""Signing in through an OpenID Connect provider. What a person may do stays in ``layers.grants``."""
