"""Sign-up is Flask-Security's; here it says the same to everybody, so that nobody can ask it who is known.

A new address gets an account, a known one gets nothing, and both lead to the sign-in.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_security import current_user, logout_user, url_for_security
from werkzeug import Response

from app.extensions import settings

View = Callable[[], ResponseReturnValue]

WORDS = "Thank you. If you are new here, your account is ready: sign in to go on."


def register(app: Flask) -> None:
    """Puts the one answer over Flask-Security's two, and 404 where `SIGN_UP` is closed."""
    views: dict[str, Any] = app.view_functions
    views["security.register"] = _alike_for_all(views["security.register"])


def _alike_for_all(view: View) -> View:
    @wraps(view)
    def sign_up() -> ResponseReturnValue:
        if not settings().takes_sign_ups:
            abort(404)
        was_here = current_user.is_authenticated
        answer = view()
        taken = request.method == "POST" and isinstance(answer, Response) and answer.status_code == 302
        if was_here or not taken:
            return answer
        # Flask-Security has signed the new person in, which would be the difference
        logout_user()
        flash(WORDS, "success")
        return redirect(url_for_security("login"))

    return sign_up
