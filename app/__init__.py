"""Carillon: a company's list becomes messages in people's hands, and their answers come back."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app import accounts, api, cli, database_errors, health, logs, metrics, portal, webhooks
from app.config import Settings, load_settings
from app.extensions import bootstrap, connect_redis, csrf, db, limiter, migrate


def create_app(settings: Settings | None = None) -> Flask:
    """The application: configuration, extensions, blueprints. `settings` default to the environment's."""
    settings = settings or load_settings()
    logs.configure(settings.log_level)
    database_errors.configure()
    app = Flask(__name__)
    app.config.from_mapping(settings.flask())
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        # not the forwarded host: Heroku's router hands on whatever the caller wrote there
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    db.init_app(app)
    migrate.init_app(app, db, compare_type=True)
    limiter.init_app(app)
    bootstrap.init_app(app)
    connect_redis(app)
    for room in (accounts, health, metrics, portal, api, webhooks, cli):
        room.register(app)
    # after the doors: looking for the token reads the body, and it is asked first who sends it
    csrf.init_app(app)
    return app
