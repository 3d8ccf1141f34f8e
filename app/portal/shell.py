"""The portal's doorman: who is signed in, for which company, in which role.

Who may enter a room is written down once, in `app.portal.ROOMS`; `requires` asks for more on a single page. Inside a
room the company is bound (`app.tenancy`) from the first line of the view to the end of the response.
"""

from collections.abc import Callable
from contextvars import Token
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from flask import Blueprint, Flask, abort, current_app, g, make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user, url_for_security

from app import tenancy
from app.accounts import companies
from app.extensions import db
from app.models import Company, Membership, Role, User
from app.plain_text import is_plain

View = TypeVar("View", bound=Callable[..., Any])

_CHOSEN = "company_id"
_READING = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Room:
    """A blueprint of the portal: who may look (GET), who may change (every other method), its place in the menu.

    A role of None lets everybody in who is signed in, even without a company. A room without a label is not in the
    menu; one with a label has a view called `index`.
    """

    blueprint: Blueprint
    see: Role | None = Role.VIEWER
    change: Role | None = Role.EDITOR
    label: str = ""

    @property
    def name(self) -> str:
        """The blueprint's name, which leads its endpoints."""
        return str(self.blueprint.name)


@dataclass(frozen=True, slots=True)
class Presence:
    """The person of this request and the companies that they may choose from."""

    user: User
    memberships: tuple[tuple[Company, Membership], ...]
    company: Company | None
    role: Role | None
    token: Token[tenancy.Scope] | None


def requires(role: Role) -> Callable[[View], View]:
    """Marks a view that asks for more than its room does, such as the form that only an editor can send."""

    def mark(view: View) -> View:
        view.required_role = role  # type: ignore[attr-defined]
        return view

    return mark


def current_presence() -> Presence | None:
    """Who is here, or None when nobody is signed in."""
    found: Presence | None = g.get("presence")
    return found


def current_person() -> User:
    """The person who is signed in. Only inside a room."""
    return _present().user


def current_company() -> Company:
    """The company that this request is bound to. Only inside a room that asks for a role."""
    company = _present().company
    if company is None:
        raise tenancy.NoCompanyError("no company has been chosen")
    return company


def current_role() -> Role:
    """What the person may do in the current company."""
    role = _present().role
    if role is None:
        raise tenancy.NoCompanyError("no company has been chosen")
    return role


def can(role: Role | str) -> bool:
    """Whether the person may do what `role` may in the current company; for showing or leaving out a button."""
    presence = current_presence()
    return presence is not None and presence.role is not None and presence.role.includes(Role(role))


def choose_company(company_id: UUID) -> None:
    """Makes a company the one that this browser's next requests are bound to. Membership is checked on each."""
    session[_CHOSEN] = str(company_id)


def menu() -> list[Room]:
    """The rooms that the person may enter and that have a label, in the order of `app.portal.ROOMS`."""
    return [room for room in _rooms().values() if room.label and (room.see is None or can(room.see))]


def wants_fragment() -> bool:
    """True when htmx asks for a piece of a page rather than for a page."""
    return "HX-Request" in request.headers and "HX-Boosted" not in request.headers


def admit(app: Flask, rooms: tuple[Room, ...]) -> None:
    """Adds the rooms to the application and puts the doorman before them."""
    app.extensions["carillon-rooms"] = {room.name: room for room in rooms}
    for room in rooms:
        app.register_blueprint(room.blueprint)
    app.before_request(_enter)
    app.teardown_request(_leave)


def _rooms() -> dict[str, Room]:
    found: dict[str, Room] = current_app.extensions["carillon-rooms"]
    return found


def _present() -> Presence:
    presence = current_presence()
    if presence is None:
        raise RuntimeError("nobody is signed in")
    return presence


def _enter() -> ResponseReturnValue | None:
    room = _rooms().get(request.blueprint or "")
    if room is None and not _shows_our_layout():
        return None
    if current_user.is_authenticated:
        g.presence = _arrive()
    if room is None:
        return None
    presence = current_presence()
    if presence is None:
        return _to(url_for_security("login", next=_here() if request.method == "GET" else None))
    needed = _needed(room)
    if needed is not None and presence.role is None:
        return _to(url_for("companies.found"))
    if needed is not None and not can(needed):
        abort(403)
    # last, because it reads the body
    if not is_plain([*request.args.lists(), *request.form.lists()]):
        abort(400)
    return None


def _here() -> str:
    return request.full_path.removesuffix("?")


def _shows_our_layout() -> bool:
    # pages of the sign-in, and addresses that lead nowhere, whose error page has the menu
    return request.blueprint == "security" or request.endpoint is None


def _needed(room: Room) -> Role | None:
    marked: Role | None = getattr(current_app.view_functions[str(request.endpoint)], "required_role", None)
    return marked or (room.see if request.method in _READING else room.change)


def _arrive() -> Presence:
    user = current_user._get_current_object()
    memberships = tuple(companies.memberships_of(user.id))
    chosen = [pair for pair in memberships if str(pair[0].id) == session.get(_CHOSEN)] or memberships
    if not chosen:
        return Presence(user, memberships, None, None, None)
    company, membership = chosen[0]
    token = tenancy.bind(tenancy.Scope(company_id=company.id))
    return Presence(user, memberships, company, membership.role, token)


def _leave(_problem: BaseException | None) -> None:
    presence: Presence | None = g.pop("presence", None)
    if presence is None or presence.token is None:
        return
    # what a view did not commit is not wanted; ending the transaction first spares announcing the change to it
    db.session.rollback()
    tenancy.unbind(presence.token)


def _to(address: str) -> ResponseReturnValue:
    if not wants_fragment():
        return redirect(address)
    answer = make_response("", 401)
    answer.headers["HX-Redirect"] = address
    return answer
