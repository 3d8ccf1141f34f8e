"""`/api/v1`: the whole main job by program, with a bearer key and an OpenAPI document that the code writes."""

from flask import Flask, request
from flask.typing import ResponseReturnValue
from flask_smorest import Api
from werkzeug.exceptions import HTTPException

from app.api import campaigns, customer, dry_runs, errors, failures, files, functions, outcomes, runs, schemas
from app.campaigns.definition import Definition


class DocumentedApi(Api):
    """Flask-smorest, describing failures in our own shape."""

    ERROR_SCHEMA = schemas.Refusal

    def handle_http_exception(self, error: HTTPException) -> ResponseReturnValue:
        """What is wrong with an address below `/api`; elsewhere Flask-smorest's answer."""
        if f"{request.path}/".startswith("/api/"):
            return errors.answer_address(error)
        return super().handle_http_exception(error)  # type: ignore[no-any-return]


def register(app: Flask) -> None:
    """Adds the API's rooms and its document."""
    api = DocumentedApi(app, spec_kwargs={"info": {"description": __doc__}})
    api.spec.components.security_scheme("key", {"type": "http", "scheme": "bearer"})
    api.spec.options["security"] = [{"key": []}]
    for name, schema in _definition_schemas().items():
        api.spec.components.schema(name, component=schema)
    for part in (customer, files, functions, campaigns, dry_runs, runs, outcomes, failures):
        api.register_blueprint(part.blueprint, url_prefix="/api/v1")


def _definition_schemas() -> dict[str, dict[str, object]]:
    """The definition's own models describe it: nothing is written down twice."""
    schema = Definition.model_json_schema(ref_template="#/components/schemas/{model}")
    parts: dict[str, dict[str, object]] = schema.pop("$defs")
    return {**parts, "Definition": schema}
