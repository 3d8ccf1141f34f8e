"""What is believed of what a proxy says, and of what a caller says in its name."""

import pytest
from flask import Flask, jsonify, request
from flask.testing import FlaskClient

from app import create_app
from app.config import Settings

SAID = {
    "X-Forwarded-For": "192.0.2.66, 203.0.113.9",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Port": "666",
    "X-Forwarded-Prefix": "/evil",
}


def behind(proxies: int, settings: Settings) -> FlaskClient:
    """A client of an application that tells what it takes a request to be."""
    app = create_app(settings.model_copy(update={"trusted_proxies": proxies}))

    @app.get("/seen")
    def seen() -> object:
        return jsonify(caller=request.remote_addr, address=request.base_url)

    return app.test_client()


@pytest.mark.parametrize(
    ("proxies", "seen"),
    [
        (0, {"caller": "127.0.0.1", "address": "http://portal.example/seen"}),
        (1, {"caller": "203.0.113.9", "address": "https://portal.example/seen"}),
    ],
)
def test_a_proxy_tells_caller_and_scheme_and_nobody_tells_the_host(
    app: Flask, settings: Settings, proxies: int, seen: dict[str, str]
) -> None:
    asked = behind(proxies, settings).get("/seen", base_url="http://portal.example", headers=SAID)

    assert asked.json == seen
