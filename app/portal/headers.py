"""What a browser is told about each answer: a strict content policy with a nonce, the usual locks, to keep nothing."""

import secrets

from flask import Flask, Response, g, request

from app.extensions import settings

_YEAR = 365 * 24 * 3600
_FILES_OF_OURS = {"static", "htmx"}


def nonce() -> str:
    """The nonce that every script and style element of this response carries."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def register(app: Flask) -> None:
    """Adds the headers to every response that has not set its own."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    offered = {
        "Content-Security-Policy": _policy(),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    }
    if settings().carillon_env == "production":
        offered["Strict-Transport-Security"] = f"max-age={_YEAR}; includeSubDomains"
    for name, value in offered.items():
        response.headers.setdefault(name, value)
    if not _is_the_same_for_all(response):
        # people's data, as page, file, picture or JSON: no proxy and no shared browser keeps it
        response.headers["Cache-Control"] = "no-store"
    return response


def _is_the_same_for_all(response: Response) -> bool:
    endpoint = request.endpoint or ""
    return endpoint.rpartition(".")[2] in _FILES_OF_OURS and "Cache-Control" in response.headers


def _policy() -> str:
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{nonce()}'",
            f"style-src 'self' 'nonce-{nonce()}'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )
