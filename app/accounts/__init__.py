"""Companies, the people in them and the programs that act for them."""

from flask import Flask

from app.accounts.people import datastore
from app.extensions import security


def register(app: Flask) -> None:
    """Binds sign-in, sign-up and passwords (Flask-Security on Flask-Login) to the application."""
    security.init_app(app, datastore, register_blueprint=True)
    # programs come with API keys; the loader for Flask-Security's tokens would parse every JSON body in search of one
    security.login_manager.request_loader(None)
