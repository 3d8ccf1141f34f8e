"""What a browser is told about each page: a strict content policy with a nonce, and the usual locks."""

import secrets

from flask import Flask, Response, g

from app.extensions import settings

_YEAR = 365 * 24 * 3600


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
    if response.mimetype == "text/html":
        # pages show people's data: no proxy and no shared browser keeps them
        response.headers.setdefault("Cache-Control", "no-store")
    return response


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
