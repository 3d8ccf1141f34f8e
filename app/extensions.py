"""The extensions, made once and bound to the application in `create_app`."""

from flask import Flask, current_app
from flask_bootstrap import Bootstrap5
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_migrate import Migrate
from flask_security import Security
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from redis import Redis

from app.config import Settings
from app.models.base import Base

# Objects stay readable after a commit: a job commits often, and re-reading every row it holds would double its queries.
db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
migrate = Migrate()
csrf = CSRFProtect()
limiter = Limiter(get_remote_address)
bootstrap = Bootstrap5()
security = Security()


def settings() -> Settings:
    """The running application's settings."""
    found: Settings = current_app.config["SETTINGS"]
    return found


def redis() -> Redis:
    """The running application's Redis client (one connection pool a process)."""
    client: Redis = current_app.extensions["carillon-redis"]
    return client


def connect_redis(app: Flask) -> None:
    """Makes the Redis client. Connects on first use, so that a web process starts without Redis."""
    app.extensions["carillon-redis"] = Redis.from_url(
        app.config["SETTINGS"].redis_url,
        socket_timeout=10,
        socket_connect_timeout=3,
        health_check_interval=30,
    )
