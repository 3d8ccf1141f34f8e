"""A program with a key, which holds every answer against the API's own document."""

from functools import cached_property
from typing import Any

from flask import Flask
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from werkzeug.test import TestResponse


class Program:
    """Calls `/api/v1`. An answer of a status that the document does not name, or of another shape, fails the test."""

    def __init__(self, app: Flask, key: str | None) -> None:
        self._app = app
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}

    def get(self, path: str, expected: int = 200, /, **query: Any) -> Any:
        """The JSON of an answer."""
        return self.call("GET", path, expected, query_string=query)

    def post(self, path: str, status: int, json: Any = None, **options: Any) -> Any:
        """The JSON of an answer. Without `json` or other options the body is an empty object."""
        return self.call("POST", path, status, **(options or {"json": {} if json is None else json}))

    def patch(self, path: str, json: Any, status: int = 200) -> Any:
        """The JSON of an answer."""
        return self.call("PATCH", path, status, json=json)

    def put(self, path: str, json: Any, status: int = 200) -> Any:
        """The JSON of an answer."""
        return self.call("PUT", path, status, json=json)

    def call(self, method: str, path: str, status: int, **options: Any) -> Any:
        """One request, its answer checked."""
        # a context of its own, as behind a web server: what one request binds must not leak into the next
        with self._app.app_context():
            response = self._app.test_client().open(f"/api/v1{path}", method=method, headers=self._headers, **options)
            body = response.get_json()
        assert response.status_code == status, (method, path, response.status, body)
        if status >= 400:
            assert body["status"] == status
            assert all(set(each) == {"code", "message", "where", "facts"} for each in body["errors"])
        if operation := self._operation(method, path):
            self._check_shape(operation, response, body)
        else:
            assert status == 404, f"{method} {path} is not in the document"
        return body

    def call_unchecked(self, method: str, path: str) -> int:
        """The status of an answer, whatever it is."""
        with self._app.app_context():
            return self._app.test_client().open(f"/api/v1{path}", method=method, headers=self._headers).status_code

    @cached_property
    def document(self) -> dict[str, Any]:
        """The OpenAPI document, as the API serves it to anybody."""
        found: dict[str, Any] = self._app.test_client().get("/api/v1/openapi.json").get_json()
        return found

    def _operation(self, method: str, path: str) -> dict[str, Any] | None:
        """What the document says of a request; None when there is no such address in it."""
        template = "/api/v1" + "/".join("*" if _is_id(step) else step for step in path.split("/"))
        for known, operations in self.document["paths"].items():
            if "/".join("*" if step.startswith("{") else step for step in known.split("/")) == template:
                found: dict[str, Any] = operations[method.lower()]
                return found
        return None

    def _check_shape(self, operation: dict[str, Any], response: TestResponse, body: Any) -> None:
        described = operation["responses"]
        status = str(response.status_code)
        named = described[status] if status in described or response.status_code < 400 else described["default"]
        if "$ref" in named:
            named = self.document["components"]["responses"][named["$ref"].rpartition("/")[2]]
        schema = named["content"]["application/json"]["schema"]
        resource = Resource.from_contents(self.document, default_specification=DRAFT202012)
        registry: Registry[Any] = Registry().with_resource("urn:api", resource)
        Draft202012Validator({"$ref": "urn:api" + schema["$ref"]}, registry=registry).validate(body)


def _is_id(step: str) -> bool:
    return len(step) == 36 and step.count("-") == 4
