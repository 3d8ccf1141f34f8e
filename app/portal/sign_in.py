"""Sign-in is Flask-Security's; here it is slowed down for those who guess passwords."""

from typing import Any

from flask import Flask, request

from app.extensions import limiter

_FROM_ONE_ADDRESS = "30 per minute; 300 per hour"
_FOR_ONE_PERSON = "10 per minute; 50 per hour"


def register(app: Flask) -> None:
    """Limits how often sign-in and sign-up may be tried, by the caller's address and by the person named."""
    views: dict[str, Any] = app.view_functions
    for endpoint in ("security.login", "security.register", "security.change_password"):
        views[endpoint] = limiter.limit(_FROM_ONE_ADDRESS, methods=["POST"])(views[endpoint])
    views["security.login"] = limiter.limit(_FOR_ONE_PERSON, key_func=_person_named, methods=["POST"])(
        views["security.login"]
    )


def _person_named() -> str:
    return "person:" + request.form.get("email", "").strip().lower()
