"""What can go wrong with a provider. ``reason`` is a code of which ``messages`` have the words."""

from geoserver.faults import NotSignedIn, ServerError


class ProviderFailed(ServerError):
    """The provider does not answer, or not as it should."""

    code = "openid-failed"
    text = "The sign-in provider {issuer} cannot be used: {why} Local accounts still sign in, where they may."

    def __init__(self, issuer: str, reason: str) -> None:
        super().__init__(issuer=issuer, reason=reason, why=reason)


class SignInRefused(ServerError):
    """Somebody came back from the provider, and is not let in."""

    code = "openid-refused"
    text = "Sign-in through the provider was refused: {why}"

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason, why=reason)


class TokenRefused(NotSignedIn):
    """What is shown or sent as a token of the provider's is not taken."""

    code = "openid-token"
    text = "The provider's token is not taken: {why}"

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason, why=reason)


class LogoutRefused(ServerError):
    """A notice that somebody signed out at the provider is not taken; ``error`` is what its standard names."""

    code = "openid-logout"
    text = "The notice of a sign-out is not taken: {why}"

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason, why=reason, error="invalid_request")


class NoProvider(ServerError):
    """This server was told of no provider."""

    code = "openid-none"
    text = "This server signs nobody in through a provider. Use a local account."
