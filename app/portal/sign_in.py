"""Sign-in is Flask-Security's; here it is slowed down for those who guess passwords.

Guesses are counted by person and address together: whoever guesses elsewhere does not lock the person out. A wider
count by address alone slows down who tries one password on many people. What succeeds is not counted.
"""

from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any

from flask import Flask, Response, abort, request
from flask_security import current_user

from app.accounts.people import sign_in_name
from app.extensions import limiter, security

FROM_ONE_ADDRESS = "30 per minute; 300 per hour"
AT_ONE_PERSON_FROM_ONE_ADDRESS = "10 per minute; 50 per hour"
_IPV6_PREFIX_OF_ONE_CALLER = 64

_ASK_FOR_A_PASSWORD = ("security.register", "security.change_password", "security.verify")


def register(app: Flask) -> None:
    """Limits how often passwords may be tried, and takes them from the forms of our pages only."""
    security.want_json(lambda _request: False)
    app.before_request(_forms_only)
    views: dict[str, Any] = app.view_functions
    for endpoint in _ASK_FOR_A_PASSWORD:
        views[endpoint] = limiter.limit(FROM_ONE_ADDRESS, key_func=caller, methods=["POST"])(views[endpoint])
    for limit, key in ((FROM_ONE_ADDRESS, caller), (AT_ONE_PERSON_FROM_ONE_ADDRESS, _person_and_caller)):
        views["security.login"] = limiter.limit(limit, key_func=key, methods=["POST"], deduct_when=_has_failed)(
            views["security.login"]
        )


def _forms_only() -> None:
    # Flask-Security reads JSON bodies too, past the fields that are counted; programs come with API keys
    if request.blueprint == "security" and request.is_json:
        abort(400)


def _has_failed(_answer: Response) -> bool:
    return not current_user.is_authenticated


def _person_and_caller() -> str:
    written = request.form.get("email", "")
    return f"{sign_in_name(written) or 'nobody'} {caller()}"


def caller() -> str:
    """The client's address. All of a network of IPv6 addresses is one caller: they come in such numbers for free."""
    written = request.remote_addr or "unknown"
    try:
        address = ip_address(written)
    except ValueError:
        return written
    if isinstance(address, IPv4Address) or address.ipv4_mapped:
        return written
    return str(ip_network((address, _IPV6_PREFIX_OF_ONE_CALLER), strict=False))
