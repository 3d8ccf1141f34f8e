"""Pages of a list, with Twilio's links between them."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar
from urllib.parse import urlencode

from aiohttp import web

LARGEST_PAGE = 1000
USUAL_PAGE = 50


class HasSid(Protocol):
    """Whatever can be listed."""

    sid: str


Item = TypeVar("Item", bound=HasSid)


def page(
    request: web.Request, key: str, items: Sequence[Item], show: Callable[[Item], dict[str, Any]]
) -> dict[str, Any]:
    """The page that `PageSize`, `Page` and `PageToken` ask for. A token names the last item of the page before."""
    query = request.query
    size = min(max(_whole(query.get("PageSize"), USUAL_PAGE), 1), LARGEST_PAGE)
    number = _whole(query.get("Page"), 0)
    start = _start(items, query.get("PageToken", ""))
    shown = items[start : start + size]
    filters = {name: value for name, value in query.items() if name not in ("PageSize", "Page", "PageToken")}

    def link(page_number: int, token: str | None = None) -> str:
        position = {"PageSize": size, "Page": page_number, **({"PageToken": token} if token else {})}
        return f"{request.path}?{urlencode({**filters, **position})}"

    more = start + size < len(items)
    return {
        key: [show(item) for item in shown],
        "page": number,
        "page_size": size,
        "start": start,
        "end": max(start + len(shown) - 1, 0),
        "uri": request.path_qs,
        "first_page_uri": link(0),
        "next_page_uri": link(number + 1, "PA" + shown[-1].sid) if more else None,
        "previous_page_uri": link(number - 1) if number == 1 else None,
    }


def _start(items: Sequence[Item], token: str) -> int:
    if not token:
        return 0
    return next((place + 1 for place, item in enumerate(items) if "PA" + item.sid == token), len(items))


def _whole(value: str | None, default: int) -> int:
    return int(value) if value and value.isdecimal() else default
