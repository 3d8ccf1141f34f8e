"""What providers and people outside call: callbacks are verified, stored and handed over; links show a page."""

from flask import Flask

from app.extensions import csrf, limiter
from app.webhooks import answers, sendgrid, twilio


def register(app: Flask) -> None:
    """Adds the doors. Signatures take the place of forgery tokens, and providers come as often as they must."""
    for blueprint in (twilio.blueprint, sendgrid.blueprint, answers.blueprint):
        csrf.exempt(blueprint)
        limiter.exempt(blueprint)
        app.register_blueprint(blueprint)
