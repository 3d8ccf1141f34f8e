"""Which doors take larger bodies than `MOST_BODY_BYTES`. Beyond its limit a request is answered 413, unread."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request

from app.config import MOST_BODY_BYTES
from app.extensions import settings


def widen(blueprint: Blueprint, view: str, most_bytes: Callable[[], int]) -> None:
    """Lets one view of `blueprint` take bodies of up to `most_bytes`."""

    def limit(endpoint: str | None, _values: dict[str, Any] | None) -> None:
        # before any hook of the application that might read the body
        if endpoint == f"{blueprint.name}.{view}":
            request.max_content_length = most_bytes()

    blueprint.url_value_preprocessor(limit)


def of_an_upload() -> int:
    """Bytes of a form that holds the largest file there may be."""
    return settings().max_upload_bytes + MOST_BODY_BYTES
