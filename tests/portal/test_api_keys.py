import re

from app.accounts.api_keys import check_key, issue_key
from app.extensions import db
from app.models import Company
from tests.portal.conftest import Visitor
from tests.portal.page import Page


def test_a_key_is_shown_once_and_works(visitor: Visitor, company: Company) -> None:
    visitor.get("/api-keys/")

    created = Page(visitor.post("/api-keys/", name="nightly upload"))

    created.check()
    [text] = re.findall(r"crl_[a-z0-9]+_[a-z0-9]+_[0-9a-f]+", created.html)
    key = check_key(text)
    assert key is not None
    assert (key.company_id, key.name) == (company.id, "nightly upload")
    again = visitor.get("/api-keys/")
    assert text not in again.html
    assert f"…{key.hint}" in again.text


def test_a_key_needs_a_name(visitor: Visitor) -> None:
    response = visitor.post("/api-keys/", name="")

    assert response.status_code == 422
    assert "Say what the key is for." in response.text


def test_a_revoked_key_stays_in_the_list_and_works_no_more(visitor: Visitor, company: Company) -> None:
    key, text = issue_key("old script", created_by=None)

    visitor.post(f"/api-keys/{key.id}/revoke")

    db.session.expire_all()
    assert check_key(text) is None
    page = visitor.get("/api-keys/")
    assert "old script" in page.text
    assert "Revoked" in page.text


def test_revoking_asks_first(visitor: Visitor, company: Company) -> None:
    issue_key("old script", created_by=None)

    assert "data-confirm" in visitor.get("/api-keys/").attributes
