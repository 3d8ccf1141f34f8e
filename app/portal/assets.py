"""htmx: from the CDN with a pinned hash, or the npm package's file where `FRONTEND_ASSETS` says local."""

from pathlib import Path

from flask import Blueprint, abort, current_app, send_from_directory, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.extensions import settings
from app.portal import headers

HTMX_VERSION = "2.0.11"
HTMX_INTEGRITY = "sha384-2OatzQy1H+Zd/IIrjr1TcuDGqLXeHhbooAyJY1KdQMKnr4LZ22k31GBLdYKHmVjg"
"""SHA-384 of `dist/htmx.min.js`, the same file at the CDN and in the npm package."""
HTMX_CDN = f"https://cdn.jsdelivr.net/npm/htmx.org@{HTMX_VERSION}/dist/htmx.min.js"

HTMX_CONFIG = {
    "allowEval": False,
    "allowScriptTags": False,
    "attributesToSettle": ["class"],
    "includeIndicatorStyles": False,
    "selfRequestsOnly": True,
    "responseHandling": [
        {"code": "204", "swap": False},
        {"code": "[23]..", "swap": True},
        {"code": "[45]..", "swap": True, "error": True, "target": "#notices"},
    ],
}
"""What the content policy forbids is turned off; an error's words land where all notices do."""

blueprint = Blueprint("assets", __name__, url_prefix="/assets")


@blueprint.get("/htmx.min.js")
def htmx() -> ResponseReturnValue:
    """The npm package's file. 404 when the package is not installed."""
    if not _package().is_file():
        abort(404)
    return send_from_directory(_package().parent, _package().name, max_age=3600)


def htmx_tag() -> Markup:
    """The script element that loads htmx."""
    if settings().frontend_assets == "local" and _package().is_file():
        return Markup('<script src="{}" nonce="{}" defer></script>').format(
            url_for("assets.htmx", v=HTMX_VERSION), headers.nonce()
        )
    return Markup('<script src="{}" integrity="{}" crossorigin="anonymous" nonce="{}" defer></script>').format(
        HTMX_CDN, HTMX_INTEGRITY, headers.nonce()
    )


def _package() -> Path:
    return Path(current_app.root_path).parent / "node_modules" / "htmx.org" / "dist" / "htmx.min.js"
