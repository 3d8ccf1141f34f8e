"""Who may enter the API: the holder of a live key, for that key's company only."""

import hashlib

from flask import g, request
from flask_smorest import Blueprint

from app import tenancy
from app.accounts.api_keys import check_key
from app.api.errors import handle, refuse
from app.extensions import csrf, limiter
from app.plain_text import is_plain

REQUESTS_PER_SECOND = 100


def room(name: str, description: str) -> Blueprint:
    """A blueprint whose every route stands behind a bearer key, with a rate limit per key and the one error shape."""
    blueprint = Blueprint(f"api_{name}", __name__, description=description)
    handle(blueprint)
    csrf.exempt(blueprint)
    blueprint.before_request(_enter)
    blueprint.teardown_request(_leave)
    limiter.limit(f"{REQUESTS_PER_SECOND}/second", key_func=_caller)(blueprint)
    return blueprint


def _enter() -> None:
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    key = check_key(text.strip()) if scheme.lower() == "bearer" else None
    if key is None:
        refuse(401, "unauthorized", "Send `Authorization: Bearer <key>` with a key that has not been revoked.")
    if not is_plain([*request.args.lists(), *request.form.lists()]) or not _is_plain_json():
        refuse(
            400,
            "not_text",
            "A text holds what cannot be kept: a NUL, half a surrogate pair, or it is nested too deeply.",
        )
    g.tenancy_token = tenancy.bind(tenancy.Scope(company_id=key.company_id))


def _is_plain_json() -> bool:
    if not request.is_json:
        return True
    try:
        # None for what is no JSON at all, which the route refuses in its own words
        return is_plain(request.get_json(silent=True))
    except RecursionError:
        return False


def _leave(_problem: BaseException | None) -> None:
    token = g.pop("tenancy_token", None)
    if token is not None:
        tenancy.unbind(token)


def _caller() -> str:
    # asked before the key is checked, so that a flood of wrong keys fills buckets of its own
    text = request.headers.get("Authorization") or request.remote_addr or ""
    return hashlib.sha256(text.encode()).hexdigest()
