"""Addresses under `/api/v1` that lead nowhere, answered in the API's shape and not with the portal's page."""

from flask import Blueprint, Response

from app.api.errors import Problem, answer
from app.extensions import csrf

blueprint = Blueprint("api_nothing", __name__)
csrf.exempt(blueprint)
_EVERY_METHOD = ("GET", "POST", "PUT", "PATCH", "DELETE")


@blueprint.route("/<path:_rest>", methods=_EVERY_METHOD)
def nowhere(_rest: str) -> Response:
    """404, whatever is asked."""
    return answer(
        404, [Problem("no_such_address", "The OpenAPI document at /api/v1/openapi.json names what there is.")]
    )
