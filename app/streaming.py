"""Files that are sent while they are read: their length is no matter of memory."""

from collections.abc import Iterable, Iterator

from flask import Response, stream_with_context

from app import tenancy


def csv_response(filename: str, lines: Iterable[str]) -> Response:
    """A CSV file to save. `lines` may ask for the bound company's rows, but for nothing else of the request."""
    response = Response(stream_with_context(_bound(lines)), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    return response


def _bound(lines: Iterable[str]) -> Iterator[str]:
    company_id = tenancy.company_id()

    def sent() -> Iterator[str]:
        # the request has ended, and its company is let go, before the first line is asked for
        with tenancy.company(company_id):
            yield from lines

    return sent()
