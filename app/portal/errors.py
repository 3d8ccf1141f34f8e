"""What people read when something went wrong: a page in our layout, or a notice for a piece of a page."""

import re
from typing import cast

import structlog
from flask import Flask, Response, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, NotFound

from app.extensions import db
from app.models import new_id
from app.portal import shell
from app.tenancy import NotFoundError

WORDS: dict[int, tuple[str, str]] = {
    400: ("That did not work", "The request was not complete. Go back and try again."),
    403: ("Not for your role", "Your role in this company does not allow this."),
    404: ("Not found", "There is nothing at this address, or it belongs to another company."),
    405: ("That did not work", "This address cannot be used in this way. Go back and try again."),
    413: ("Too large", "What was sent is more than we take at once. Send files one by one, and split a long list."),
    429: ("Too many tries", "That was tried too often in a short time. Wait a minute and try again."),
    500: ("Our mistake", "Something went wrong on our side. Nothing that was saved before is lost."),
}
EXPIRED_FORM = ("This form has expired", "Go back, load the page again and send it once more.")

_PROGRAMS = ("/api/", "/messages/incoming/", "/messages/status/", "/messages/events/")
"""Doors for programs, which answer their own errors in their own form."""
_GIVEN_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


def request_id() -> str:
    """Names this request in logs and on error pages: the router's `X-Request-ID` where there is one."""
    if "request_id" not in g:
        given = request.headers.get("X-Request-ID", "")
        g.request_id = given if _GIVEN_ID.fullmatch(given) else str(new_id())
    return str(g.request_id)


def register(app: Flask) -> None:
    """Adds the pages, for every address but those that programs use."""
    for code in WORDS:
        app.register_error_handler(code, _http)
    app.register_error_handler(NotFoundError, _no_such_row)
    app.before_request(_name_request)
    app.after_request(_show_request_id)


def _http(problem: HTTPException) -> ResponseReturnValue:
    code = problem.code or 500
    if f"{request.path}/".startswith(_PROGRAMS):
        return _as_programs_read_it(problem)
    if code >= 500:
        # a failed statement leaves the session unusable, and the layout reads from it
        db.session.rollback()
    heading, words = EXPIRED_FORM if isinstance(problem, CSRFError) else WORDS[code]
    template = "errors/notice.html" if shell.wants_fragment() else "errors/page.html"
    page = render_template(template, code=code, heading=heading, words=words, request_id=request_id())
    return page, code


def _as_programs_read_it(problem: HTTPException) -> ResponseReturnValue:
    # Flask asks an application's handler of one code before a blueprint's handler of all codes, so the handlers
    # above are asked first, even for addresses that are not the portal's
    for name in (*request.blueprints, None):
        handler = current_app.error_handler_spec[name][None].get(HTTPException)
        if handler is not None:
            return cast(ResponseReturnValue, handler(problem))
    return problem.get_response()


def _no_such_row(_problem: NotFoundError) -> ResponseReturnValue:
    return _http(NotFound())


def _name_request() -> None:
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request_id())


def _show_request_id(response: Response) -> Response:
    response.headers.setdefault("X-Request-ID", request_id())
    return response
