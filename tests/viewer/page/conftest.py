"""A browser for the tests of pages."""

import pytest

from tests.helpers.browser import opened_browser


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """A browser without a window, for all tests of a file."""
    browser = opened_browser(tmp_path_factory.mktemp("profile"))
    yield browser
    browser.close()
