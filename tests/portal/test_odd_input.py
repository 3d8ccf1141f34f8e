"""What no browser sends, and somebody will."""

import pytest

from tests.portal.conftest import Visitor


@pytest.mark.parametrize(
    "path", ["/messages/?q=%00", "/failures/?code=%00", "/failures/failures.csv?code=%00", "/suppressions/?q=a%00b"]
)
def test_a_nul_in_an_address_is_refused_with_a_page(visitor: Visitor, path: str) -> None:
    assert visitor.open("GET", path).status_code == 400


def test_a_nul_in_a_form_is_refused_and_nothing_is_saved(visitor: Visitor) -> None:
    answer = visitor.post("/senders/", channel="sms", address="+12025550143", label="front\0desk")
    assert answer.status_code == 400
    assert "+12025550143" not in visitor.get("/senders/").text


@pytest.mark.parametrize("path", ["/messages/?row=99999999999", "/messages/?row=-1"])
def test_a_row_that_no_list_has_filters_nothing(visitor: Visitor, path: str) -> None:
    visitor.get(path)
