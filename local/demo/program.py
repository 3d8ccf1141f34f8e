"""A program with a key: the API over HTTP, as a company's own software uses it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from local.demo.errors import DemoError

_PAGE = 1_000
_TIMEOUT_SECONDS = 30

_PATIENCE = Retry(
    # a web process that is being restarted: what never reached it can be said again, and questions anyhow
    total=None,
    connect=40,
    read=10,
    status=0,
    allowed_methods={"GET"},
    backoff_factor=0.1,
    backoff_max=0.5,
)


class Program:
    """Calls `/api/v1` of one application. Every call raises `DemoError` with the answer's words when it is refused."""

    def __init__(self, base_url: str, key: str) -> None:
        self._api = f"{base_url}/api/v1"
        self._session = requests.Session()
        self._session.mount(self._api, HTTPAdapter(max_retries=_PATIENCE))
        self._session.headers["Authorization"] = f"Bearer {key}"

    def is_known(self) -> bool:
        """False when the application does not know the key: it is another one than we started."""
        answer = self._session.get(f"{self._api}/customer", timeout=_TIMEOUT_SECONDS)
        return answer.ok

    def get(self, path: str, **query: Any) -> Any:
        """The JSON of an answer."""
        return self._called("GET", path, params=query)

    def post(self, path: str, json: Any = None) -> Any:
        """The JSON of an answer."""
        return self._called("POST", path, json={} if json is None else json)

    def patch(self, path: str, json: Any) -> Any:
        """The JSON of an answer."""
        return self._called("PATCH", path, json=json)

    def upload(self, path: str, file: Path) -> Any:
        """Sends a file as multipart form; the JSON of the answer."""
        with file.open("rb") as stream:
            return self._called("POST", path, files={"file": (file.name, stream, "text/csv")})

    def items(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Every item of a listing, page after page."""
        after: dict[str, Any] = {}
        while True:
            page = self.get(path, **query, **after, limit=_PAGE)
            yield from page["items"]
            if page["next"] is None:
                return
            after = {"after": page["next"]}

    def _called(self, method: str, path: str, **options: Any) -> Any:
        try:
            answer = self._session.request(method, self._api + path, timeout=_TIMEOUT_SECONDS, **options)
            answer.raise_for_status()
        except requests.HTTPError as refusal:
            raise DemoError(f"{method} {path}: {refusal}\n{refusal.response.text}") from refusal
        except requests.RequestException as problem:
            raise DemoError(f"{method} {path}: {problem}") from problem
        return answer.json()
