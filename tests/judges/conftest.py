"""The browser of the browser tests, for judges that look through CesiumJS."""

from tests.browser.conftest import browser

__all__ = ["browser"]
