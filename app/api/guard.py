"""Who may enter the API: the holder of a live key, for that key's company only."""

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, g, request
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema

from app import tenancy
from app.accounts.api_keys import check_key
from app.api.errors import Problem, handle, refuse, refuse_all
from app.extensions import csrf, limiter, settings
from app.plain_text import is_plain

View = TypeVar("View", bound=Callable[..., Any])


class Room(Blueprint):
    """A blueprint that remembers which query arguments each of its views takes."""

    def arguments(self, schema: type[Schema], *, location: str = "json", **options: Any) -> Callable[[View], View]:
        """As Flask-smorest's; what is not in the schema is refused wherever it stands."""
        parse = super().arguments(schema, location=location, unknown=RAISE, **options)

        def remember(view: View) -> View:
            parsing: View = parse(view)
            if location == "query":
                parsing.query_arguments = frozenset(schema().fields)  # type: ignore[attr-defined]
            return parsing

        return remember


def room(name: str, description: str) -> Room:
    """A blueprint whose every route stands behind a bearer key, with a rate limit per key and the one error shape."""
    blueprint = Room(f"api_{name}", __name__, description=description)
    handle(blueprint)
    csrf.exempt(blueprint)
    blueprint.before_request(_enter)
    blueprint.teardown_request(_leave)
    limiter.limit(_allowance, key_func=_caller)(blueprint)
    return blueprint


def _enter() -> None:
    if request.method == "OPTIONS":
        # what an address takes is no secret, and whoever asks it cannot send a key along
        return
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
    _refuse_unknown_arguments()
    g.tenancy_token = tenancy.bind(tenancy.Scope(company_id=key.company_id))


def _refuse_unknown_arguments() -> None:
    # a filter that is misspelled or given twice must not widen the answer
    known: frozenset[str] = getattr(current_app.view_functions[str(request.endpoint)], "query_arguments", frozenset())
    problems = []
    for name, values in request.args.lists():
        where, facts = f"query.{name}", {"known": sorted(known)}
        if name not in known:
            words = f"There is no such argument. Known here: {', '.join(sorted(known)) or 'none'}."
            problems.append(Problem("unknown_argument", words, where, facts))
        elif len(values) > 1:
            problems.append(Problem("repeated_argument", "Give this argument once.", where, facts))
    if problems:
        refuse_all(422, problems)


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


def _allowance() -> str:
    return f"{settings().api_requests_per_second}/second"


def _caller() -> str:
    # asked before the key is checked, so that a flood of wrong keys fills buckets of its own
    text = request.headers.get("Authorization") or request.remote_addr or ""
    return hashlib.sha256(text.encode()).hexdigest()
