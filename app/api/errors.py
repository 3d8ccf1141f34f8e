"""One shape for every failure: `{"status": 422, "errors": [{"code", "message", "where", "facts"}]}`."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, NoReturn

from flask import Response, abort, jsonify
from flask_smorest import Blueprint
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, RequestEntityTooLarge

from app.campaigns.errors import RefusedError, UnfitError
from app.queueing.correcting import CorrectionError, CorrectionRefusedError
from app.tenancy import NotFoundError


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong; `code` is what a program looks at."""

    code: str
    message: str
    where: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


def answer(status: int, problems: Sequence[Problem]) -> Response:
    """The response that says what is wrong."""
    response = jsonify(status=status, errors=[asdict(problem) for problem in problems])
    response.status_code = status
    return response


def refuse(status: int, code: str, message: str, where: str = "", **facts: Any) -> NoReturn:
    """Ends the request with one problem."""
    abort(answer(status, [Problem(code, message, where, facts)]))


def refuse_all(status: int, problems: Sequence[Problem]) -> NoReturn:
    """Ends the request with several problems."""
    abort(answer(status, problems))


def handle(blueprint: Blueprint) -> None:
    """Gives every failure inside `blueprint` the one shape."""
    blueprint.register_error_handler(HTTPException, _http)
    blueprint.register_error_handler(NotFoundError, _not_found)
    blueprint.register_error_handler(ValidationError, _invalid)
    blueprint.register_error_handler(RefusedError, _refused)
    blueprint.register_error_handler(UnfitError, _unfit)
    blueprint.register_error_handler(CorrectionRefusedError, _uncorrected)


def answer_address(problem: HTTPException) -> Response:
    """The answer where no blueprint gives one: an address that leads nowhere, a method that it does not take."""
    if isinstance(problem, NotFound):
        words = "The OpenAPI document at /api/v1/openapi.json names what there is."
        return answer(404, [Problem("no_such_address", words)])
    return _http(problem)


def _http(problem: HTTPException) -> Response:
    if problem.response is not None:
        return problem.response  # type: ignore[return-value]  # made by `refuse`
    if isinstance(problem, RequestEntityTooLarge):
        return answer(413, [Problem("too_large", "The request is larger than is accepted here.")])
    fields: Mapping[str, Any] = getattr(problem, "data", None) or {}
    messages = fields.get("messages") or {}
    found = [
        Problem("invalid", "; ".join(map(str, texts if isinstance(texts, list) else [texts])), f"{place}.{name}")
        for place, names in messages.items()
        for name, texts in (names.items() if isinstance(names, dict) else [("", names)])
    ]
    code = problem.code or 500
    response = answer(code, found or [Problem(_snake(problem.name), problem.description or "")])
    if isinstance(problem, MethodNotAllowed):
        response.allow.update(problem.valid_methods or ())
    return response


def _uncorrected(refusal: CorrectionRefusedError) -> Response:
    codes = {flaw.code for flaw in refusal.flaws}
    status = 409 if CorrectionError.REQUEUED_ALREADY in codes else 422
    return answer(
        status,
        [
            Problem(flaw.code.value, flaw.words, f"data.{flaw.field}" if flaw.field else "", flaw.facts)
            for flaw in refusal.flaws
        ],
    )


def _not_found(problem: NotFoundError) -> Response:
    return answer(404, [Problem("not_found", f"There is no such {problem.kind}.", facts={"key": str(problem.key)})])


def _refused(refusal: RefusedError) -> Response:
    reason = Problem(refusal.code.value, refusal.words, facts=refusal.facts)
    return answer(
        409,
        [reason, *(Problem(found.code.value, found.words, found.where, found.facts) for found in refusal.findings)],
    )


def _unfit(problem: UnfitError) -> Response:
    where = ".".join(map(str, problem.place))
    return answer(422, [Problem(problem.code.value, problem.words, where, problem.facts)])


def _invalid(problem: ValidationError) -> Response:
    return answer(
        422,
        [
            Problem(each["type"], each["msg"], ".".join(str(step) for step in each["loc"]))
            for each in problem.errors(include_url=False, include_input=False, include_context=False)
        ],
    )


def _snake(name: str) -> str:
    return name.lower().replace(" ", "_")
