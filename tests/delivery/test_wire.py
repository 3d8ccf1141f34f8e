"""The wire tells what certainly was not sent from what may have been, and never sends anything twice by itself."""

import socket
import time
from collections.abc import Iterator

import pytest

from app.channels.http import Credentials, ProblemKind, Request, Response, WireProblem
from app.delivery.wire import Wire
from tests.delivery.rude_server import CLOSE, HANG, RESET, Asked, Cut, answer, rude_server


@pytest.fixture
def wire() -> Iterator[Wire]:
    with Wire(concurrency=4, timeout=1.0) as made:
        yield made


def post(url: str, body: bytes = b"To=1", tag: object = None) -> Request:
    return Request("POST", url, body, ("Content-Type: application/x-www-form-urlencoded",), tag=tag)


def problem_of(wire: Wire, request: Request) -> ProblemKind:
    ((_, problem),) = wire.exchange([request])
    assert isinstance(problem, WireProblem)
    return problem.kind


def test_a_request_arrives_whole_and_its_answer_comes_back(wire: Wire) -> None:
    with rude_server(lambda _: answer("201 Created", '{"sid": "SM1"}', X_Message_Id="abc")) as server:
        request = Request(
            "POST", f"{server.url}/Messages.json", "Body=Grüße".encode(), credentials=Credentials("AC1", "tok:en")
        )
        ((asked, response),) = wire.exchange([request])

    assert asked is request
    assert isinstance(response, Response)
    assert (response.status, response.body) == (201, b'{"sid": "SM1"}')
    assert response.headers["x-message-id"] == "abc"
    (seen,) = server.asked
    assert (seen.line, seen.body) == ("POST /Messages.json HTTP/1.1", "Body=Grüße".encode())
    assert seen.headers["authorization"] == "Basic QUMxOnRvazplbg=="


def test_each_answer_comes_with_its_own_request(wire: Wire) -> None:
    def echo(asked: Asked) -> bytes:
        time.sleep(0.01 if asked.body.endswith(b"0") else 0)
        return answer("200 OK", asked.body.decode())

    with rude_server(echo) as server:
        got = {
            request.tag: answered.body
            for request, answered in wire.exchange(post(server.url, b"n=%d" % n, tag=n) for n in range(50))
            if isinstance(answered, Response)
        }

    assert got == {n: b"n=%d" % n for n in range(50)}
    assert server.connections <= 4


def test_no_more_are_taken_than_fit_in_flight(wire: Wire) -> None:
    taken: list[int] = []

    def requests(url: str) -> Iterator[Request]:
        for n in range(12):
            taken.append(n)
            yield post(url)

    with rude_server(lambda _: answer("200 OK")) as server:
        answers = wire.exchange(requests(server.url))
        next(answers)
        assert len(taken) <= 5
        assert sum(1 for _ in answers) == 11


def test_a_get_after_a_post_on_the_same_handle_carries_no_body_and_no_credentials() -> None:
    with Wire(concurrency=1, timeout=1) as wire, rude_server(lambda _: answer("200 OK")) as server:
        secret = Credentials("AC1", "token")
        list(wire.exchange([Request("POST", server.url, b"a=1", credentials=secret), Request("GET", server.url)]))

    assert server.asked[1].line == "GET / HTTP/1.1"
    assert server.asked[1].body == b""
    assert "authorization" not in server.asked[1].headers


def test_a_refused_connection_was_not_sent(wire: Wire) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert problem_of(wire, post(f"http://127.0.0.1:{port}/")) is ProblemKind.NOT_SENT


def test_an_unknown_host_was_not_sent(wire: Wire) -> None:
    assert problem_of(wire, post("http://nowhere.invalid/")) is ProblemKind.NOT_SENT


def test_a_failed_handshake_was_not_sent(wire: Wire) -> None:
    with rude_server(lambda _: answer("200 OK")) as server:
        assert problem_of(wire, post(server.url.replace("http:", "https:"))) is ProblemKind.NOT_SENT


@pytest.mark.parametrize(
    "behaviour",
    [HANG, RESET, CLOSE, Cut(b"HTTP/1.1 201 Created\r\nContent-Length: 50\r\n\r\n{"), Cut(b"HTTP/1.1 201 Cr")],
    ids=["no answer in time", "reset", "closed without a word", "half an answer", "half a status line"],
)
def test_what_went_out_without_a_whole_answer_is_ambiguous(wire: Wire, behaviour: bytes) -> None:
    with rude_server(lambda _: behaviour) as server:
        assert problem_of(wire, post(server.url)) is ProblemKind.AMBIGUOUS

    assert len(server.asked) == 1


@pytest.mark.parametrize("fault", [RESET, CLOSE])
def test_a_kept_connection_that_breaks_after_a_post_is_not_tried_again(fault: bytes) -> None:
    said = iter([answer("201 Created"), fault, answer("201 Created")])
    with Wire(concurrency=1, timeout=1) as wire, rude_server(lambda _: next(said)) as server:
        first, second = wire.exchange([post(server.url, b"n=1"), post(server.url, b"n=2")])

    assert isinstance(first[1], Response)
    assert isinstance(second[1], WireProblem)
    assert second[1].kind is ProblemKind.AMBIGUOUS
    assert [seen.body for seen in server.asked] == [b"n=1", b"n=2"]


def test_redirects_are_not_followed_and_other_schemes_not_spoken(wire: Wire) -> None:
    with rude_server(lambda _: answer("302 Found", Location="/elsewhere")) as server:
        ((_, response),) = wire.exchange([post(server.url)])
    assert isinstance(response, Response)
    assert response.status == 302
    assert len(server.asked) == 1
    assert problem_of(wire, Request("GET", "file:///etc/passwd")) is ProblemKind.NOT_SENT


def test_one_slow_answer_does_not_hold_up_the_others(wire: Wire) -> None:
    with rude_server(lambda asked: HANG if asked.body == b"n=0" else answer("200 OK")) as server:
        begun = time.monotonic()
        order = [request.tag for request, _ in wire.exchange(post(server.url, b"n=%d" % n, tag=n) for n in range(20))]

    assert order[-1] == 0
    assert time.monotonic() - begun < 3


def test_answers_are_handed_over_together_but_not_later_than_told(wire: Wire) -> None:
    def behave(asked: Asked) -> bytes:
        return HANG if asked.body == b"n=7" else answer("200 OK")

    with rude_server(behave) as server:
        begun = time.monotonic()
        batches = wire.batches((post(server.url, b"n=%d" % n) for n in range(8)), most=1000, within=0.2)
        assert len(next(batches)) == 7
        assert 0.15 < time.monotonic() - begun < 0.8
        assert [len(batch) for batch in batches] == [1]


def test_waiting_costs_no_processor_time(wire: Wire) -> None:
    with rude_server(lambda _: HANG) as server:
        begun = time.process_time()
        assert problem_of(wire, post(server.url)) is ProblemKind.AMBIGUOUS
    assert time.process_time() - begun < 0.2


def test_a_request_shows_neither_its_words_nor_its_secret() -> None:
    request = Request("POST", "http://x/", b"Body=private", ("Authorization: Bearer k",), Credentials("AC", "token"))
    assert "private" not in repr(request)
    assert "token" not in repr(request)
    assert "Bearer" not in repr(request)
