"""A page of recordings in a browser, and the things that it says."""

from typing import Any

from tests.helpers.browser import Browser

READY = 'typeof element === "function" && !element("controls").hidden'
TEXTS = 'Object.fromEntries([...document.querySelectorAll("[id]")].map((found) => [found.id, found.textContent]))'
DRAWN = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def texts(browser: Browser) -> dict[str, Any]:
    """Texts of the page after its next drawing, by the names of the elements."""
    browser.evaluate(DRAWN)
    found: dict[str, Any] = browser.evaluate(TEXTS)
    return found


def second_shown(browser: Browser) -> int:
    """[s] the time that the page tells."""
    hours, minutes, seconds = map(int, texts(browser)["clock"].split(":"))
    return 3600 * hours + 60 * minutes + seconds
