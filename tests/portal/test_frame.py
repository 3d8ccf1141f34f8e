"""The frame of every page: scripts and policy, error pages, request ids."""

import base64
import hashlib
import json
from pathlib import Path

import pytest
from flask import Flask

from app.extensions import settings
from app.portal import assets, errors
from tests.portal.conftest import Visitor

ROOT = Path(__file__).parent.parent.parent


def htmx_of(visitor: Visitor) -> dict[str, str | None]:
    [script] = [script for script in visitor.get("/login").scripts if "htmx" in str(script["src"])]
    return script


@pytest.fixture
def local_assets(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "SETTINGS", settings().model_copy(update={"frontend_assets": "local"}))


def test_htmx_comes_from_the_cdn_with_its_hash(stranger: Visitor) -> None:
    script = htmx_of(stranger)

    assert script["src"] == f"https://cdn.jsdelivr.net/npm/htmx.org@{assets.HTMX_VERSION}/dist/htmx.min.js"
    assert script["integrity"] == assets.HTMX_INTEGRITY
    assert script["crossorigin"] == "anonymous"


@pytest.mark.usefixtures("local_assets")
def test_htmx_comes_from_npm_where_that_is_wanted(stranger: Visitor) -> None:
    script = htmx_of(stranger)

    response = stranger.download(str(script["src"]))

    digest = base64.b64encode(hashlib.sha384(response.data).digest()).decode()
    assert f"sha384-{digest}" == assets.HTMX_INTEGRITY, "npm's file is not the one that the CDN's hash was made of"


@pytest.mark.usefixtures("local_assets")
def test_without_the_npm_package_the_cdn_is_used(stranger: Visitor, app: Flask, tmp_path: Path) -> None:
    root, app.root_path = app.root_path, str(tmp_path / "app")
    try:
        assert str(htmx_of(stranger)["src"]).startswith("https://cdn.jsdelivr.net/")
        assert stranger.open("GET", "/assets/htmx.min.js").status_code == 404
    finally:
        app.root_path = root


def test_the_version_is_the_one_that_npm_is_told_to_install() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())

    assert lock["packages"]["node_modules/htmx.org"]["version"] == assets.HTMX_VERSION


def test_scripts_run_by_nonce_only_and_the_nonce_is_new_on_every_page(stranger: Visitor) -> None:
    first, second = stranger.get("/login"), stranger.get("/login")

    assert "script-src 'nonce-" in first.policy
    assert "unsafe" not in first.policy
    assert first.scripts[0]["nonce"] != second.scripts[0]["nonce"]


def test_htmx_is_told_not_to_do_what_the_policy_forbids() -> None:
    assert assets.HTMX_CONFIG["allowEval"] is False
    assert assets.HTMX_CONFIG["includeIndicatorStyles"] is False


def test_an_address_that_leads_nowhere_has_a_page_with_the_menu(visitor: Visitor) -> None:
    page = visitor.get("/nowhere", status=404)

    assert "Not found" in page.headings
    assert "/files/" in page.links


def test_an_error_names_the_request_as_the_router_named_it(stranger: Visitor) -> None:
    response = stranger.open("GET", "/nowhere", headers={"X-Request-ID": "router-0123456789"})

    assert "router-0123456789" in response.text
    assert response.headers["X-Request-ID"] == "router-0123456789"


def test_a_request_id_that_could_be_anything_is_not_repeated(stranger: Visitor) -> None:
    response = stranger.open("GET", "/nowhere", headers={"X-Request-ID": "<script>alert(1)</script>"})

    assert "alert(1)" not in response.text
    assert "alert(1)" not in response.headers["X-Request-ID"]


def test_a_piece_of_a_page_gets_a_notice_and_not_a_page(visitor: Visitor) -> None:
    piece = visitor.fragment("/files/01940000-0000-7000-8000-000000000000", status=404)

    assert piece.headings == []
    assert "Not found" in piece.text


def test_a_defect_is_a_page_of_ours_that_tells_nothing_about_it(
    app: Flask, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> str:
        raise RuntimeError("a secret of ours")

    monkeypatch.setitem(app.view_functions, "dashboard.index", broken)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)

    page = visitor.get("/", status=500)

    assert page.headings == ["Our mistake"]
    assert "secret" not in page.html


def test_what_is_too_large_is_said_to_be(app: Flask, visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 100)

    response = visitor.open("POST", "/campaigns/new", data={"csrf_token": "x" * 200})

    assert response.status_code == 413
    assert errors.WORDS[413][0] in response.text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/customer", 401),
        ("GET", "/api/v1/nowhere", 404),
        ("POST", "/messages/incoming/twilio", 403),
        ("GET", "/messages/incoming/nowhere", 404),
    ],
)
def test_programs_are_not_answered_with_pages(stranger: Visitor, method: str, path: str, status: int) -> None:
    response = stranger.open(method, path)

    assert response.status_code == status
    assert "<h1" not in response.text
