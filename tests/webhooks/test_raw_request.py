"""Signatures over the address as it came down the wire: escapes, UTF-8, proxies, forward-proxy form."""

import http.client
from collections.abc import Iterator

import pytest
from flask import Flask

from app.config import Settings
from app.models import Message
from tests.receipts import rows
from tests.webhooks.conftest import Call
from tests.webhooks.served import served
from tests.webhooks.signing import twilio_request

FORM = [("MessageSid", "SM42"), ("MessageStatus", "delivered"), ("To", rows.PHONE)]


@pytest.fixture
def port(app: Flask) -> Iterator[int]:
    """The application behind a real socket."""
    with served(app) as port:
        yield port


def status(port: int, settings: Settings, path: str, *, target: str | None = None, **headers: str) -> int:
    """The status of a request for `target`, signed for the public address and `path`."""
    request = twilio_request(settings, path, FORM)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest("POST", target or path, skip_host=True)
    body = request["data"]
    sent = {"Host": "127.0.0.1", "Content-Length": str(len(body)), "Content-Type": request["content_type"]}
    for name, value in (sent | request["headers"] | headers).items():
        connection.putheader(name, value)
    connection.endheaders(body)
    answer = connection.getresponse().status
    connection.close()
    return answer


def path(message: Message, more: str) -> str:
    return f"/messages/status/twilio?company={message.company_id}&message={message.id}{more}"


@pytest.mark.parametrize(
    "more",
    ["", "&n=a%3Ab", "&n=a:b", "&n=J%C3%BCrgen", "&n=a%20b", "&n=a+b%2B", "&n=%7e%2f%2F", "&n=&m", "&n=1&n=2", "&n=%"],
)
def test_the_query_counts_as_it_was_written(port: int, settings: Settings, message: Message, more: str) -> None:
    assert status(port, settings, path(message, more)) == 204


def test_the_public_address_counts_whatever_the_proxy_calls_us(port: int, settings: Settings, message: Message) -> None:
    headers = {"Host": "10.0.0.7:8000", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"}
    assert status(port, settings, path(message, ""), **headers) == 204


def test_a_forward_proxy_s_form_of_the_address_counts_too(port: int, settings: Settings, message: Message) -> None:
    whole = f"http://10.0.0.7:8000{path(message, '&n=a%3Ab')}"
    assert status(port, settings, path(message, "&n=a%3Ab"), target=whole) == 204


def test_a_query_that_was_not_signed_does_not_count(port: int, settings: Settings, message: Message) -> None:
    assert status(port, settings, path(message, ""), target=path(message, "&n=1")) == 403


@pytest.mark.parametrize("more", ["&n=%FF", "&n=%00", "&company=%C3%28", "#f"])
def test_bytes_that_no_provider_sends_are_no_fault_of_ours(
    port: int, settings: Settings, message: Message, more: str
) -> None:
    assert status(port, settings, path(message, ""), target=path(message, more)) == 403


@pytest.mark.parametrize("raw", ["&n=J\xc3\xbcrgen", "&n=%"])
def test_unescaped_utf_8_counts_as_gunicorn_hands_it_over(
    post: Call, settings: Settings, message: Message, raw: str
) -> None:
    request = twilio_request(settings, path(message, raw.encode("latin-1").decode()), FORM)
    environ = {"RAW_URI": path(message, raw)}
    assert post(**request | {"path": path(message, ""), "environ_overrides": environ}).status_code == 204
