"""A real Chromium for the tests: how it is started, what the CDN answers, what its console complains of."""

from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Page, expect

from app.portal import assets
from local.browser import find_chromium

HTMX = Path(__file__).parent.parent / "node_modules" / "htmx.org" / "dist" / "htmx.min.js"

# two busy cores are slower than the five seconds that playwright expects; a test that passes does not wait longer
expect.set_options(timeout=20_000)

_REPLACED = ("htmx:afterRequest", "htmx:sendAbort")
"""What htmx logs when typing goes on and a newer preview replaces one on its way; a failure has a line of its own."""


def launched(arguments: dict[str, Any]) -> dict[str, Any]:
    """Playwright's launch arguments with the machine's own Chromium."""
    chromium = find_chromium()
    assert chromium, "python -m local.browser finds or installs one"
    return {
        **arguments,
        "executable_path": str(chromium),
        "args": ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"],
    }


def answer_cdn(page: Page) -> None:
    """Answers the CDN's address with npm's file, which the tag's hash must fit."""
    page.route(assets.HTMX_CDN, lambda route: route.fulfill(path=HTMX, headers={"Access-Control-Allow-Origin": "*"}))


def complaints_of(page: Page) -> list[str]:
    """What the browser's console complains of from now on: scripts that failed, styles that the policy refused."""
    heard: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(_REPLACED):
            heard.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard
