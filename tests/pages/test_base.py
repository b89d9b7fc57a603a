"""The base of all pages: import map, slots, colours, error pages, and that nothing is left out."""

import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.db import OperationalError
from django.template import Context, Template
from django.test import Client
from django.urls import path

from gifteconomy.urls import handler400, handler500, urlpatterns

CHECKOUT = Path(__file__).resolve().parents[2]
STYLES = CHECKOUT / "static" / "css"
TEMPLATES = CHECKOUT / "templates"


def break_down(request):
    raise ValueError("planted")


def lose_the_database(request):
    raise OperationalError("planted")


# This module is a URL configuration for the two tests of the last error pages.
urlpatterns = [
    *urlpatterns,
    path("break-down/", break_down),
    path("lose-the-database/", lose_the_database),
]
__all__ = ["handler400", "handler500", "urlpatterns"]


@pytest.fixture
def visitor(db) -> Client:
    return Client(headers={"host": "127.0.0.1"}, raise_request_exception=False)


def test_every_module_has_its_bare_name_in_the_import_map(visitor):
    html = visitor.get("/accounts/login/").content.decode()
    found = re.search(r'<script type="importmap" nonce="([^"]+)">(.*?)</script>', html)
    imports = json.loads(found[2])["imports"]
    scripts = CHECKOUT / "static" / "js"
    files = {
        file.relative_to(scripts).with_suffix("").as_posix(): file for file in scripts.rglob("*.js")
    }
    assert imports == {name: f"/static/js/{name}.js" for name in files}
    for file in files.values():
        for name in re.findall(r'^(?:import|export) .*?from "([^"]+)";', file.read_text(), re.M):
            target = (file.parent / name).resolve() if name.startswith(".") else files.get(name)
            assert target in files.values(), f"{file} imports {name}"


class HashedStorage(StaticFilesStorage):
    """Gives files the addresses that a manifest would."""

    def url(self, name: str | None) -> str:
        return super().url(name).replace(".js", ".0123abcd.js")


def test_with_hashed_addresses_both_ways_to_import_lead_to_one_file(visitor, settings):
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": f"{__name__}.HashedStorage"}
    }
    html = visitor.get("/accounts/login/").content.decode()
    imports = json.loads(re.search(r'<script type="importmap"[^>]*>(.*?)</script>', html)[1])[
        "imports"
    ]
    hashed = "/static/js/base/toasts.0123abcd.js"
    assert imports["base/toasts"] == imports["/static/js/base/toasts.js"] == hashed


def test_the_policy_names_the_nonce_of_the_import_map_and_allows_nothing_inline(visitor):
    answer = visitor.get("/accounts/login/")
    nonce = re.search(r'type="importmap" nonce="([^"]+)"', answer.content.decode())[1]
    policy = answer.headers["Content-Security-Policy"]
    assert f"'nonce-{nonce}'" in policy
    assert "unsafe" not in policy


def test_templates_of_pages_hold_no_inline_style_and_no_handler():
    for template in TEMPLATES.rglob("*.html"):
        if template.is_relative_to(TEMPLATES / "mail"):
            continue
        text = template.read_text()
        assert not re.search(r"<[^>]*\sstyle=|<style|\son[a-z]+=\"|javascript:", text), template


# Linked by the pages that show them.
OF_ROOMS = {
    "board",
    "chat",
    "demo-bar",
    "gift-panel",
    "goal",
    "hearts",
    "live-card",
    "person-card",
    "pins",
    "stage",
}


def test_every_shared_component_is_linked_after_the_tokens():
    linked = re.findall(r"css/([\w/-]+\.css)", (TEMPLATES / "_styles.html").read_text())
    shared = {
        f"components/{component.name}"
        for component in (STYLES / "components").glob("*.css")
        if "@layer components {" in component.read_text() and component.stem not in OF_ROOMS
    }
    assert linked[:3] == ["tokens.css", "base.css", "layout.css"]
    assert sorted(linked[3:]) == sorted(shared)


def test_style_sheets_use_logical_properties():
    physical = re.compile(
        r"^\s*(?:(?:margin|padding|border)-(?:left|right|top|bottom)|left|right|top|bottom"
        r"|width|height|min-width|max-width|min-height|max-height)\s*:|text-align:\s*(?:left|right)",
        re.MULTILINE,
    )
    for sheet in (STYLES / "components").glob("*.css"):
        assert not physical.search(sheet.read_text()), sheet


def test_a_slot_shows_the_parts_that_apps_put_into_it(tmp_path, settings, monkeypatch):
    slot = tmp_path / "parts" / "account"
    slot.mkdir(parents=True)
    (slot / "20-second.html").write_text("second {{ name }}")
    (slot / "10-first.html").write_text("first {{ name }}, ")
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [tmp_path]}]
    page = Template('{% load pages %}{% parts "account" %}|{% parts "empty" %}')
    assert page.render(Context({"name": "<mira>"})) == "first &lt;mira&gt;, second &lt;mira&gt;|"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_chosen_colours_are_kept_and_sent_with_the_page(visitor, theme):
    answer = visitor.post("/theme/", {"theme": theme, "next": "/accounts/login/?a=1"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/login/?a=1")
    html = visitor.get("/accounts/login/").content.decode()
    assert f'data-theme="{theme}"' in html
    visitor.post("/theme/", {"theme": "system"})
    assert "data-theme=" not in visitor.get("/accounts/login/").content.decode()


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:1"])
def test_choosing_colours_leads_nowhere_else(visitor, elsewhere):
    assert visitor.post("/theme/", {"next": elsewhere}).headers["Location"] == "/"


def test_a_forged_cookie_of_colours_is_not_written_into_the_page(visitor):
    visitor.cookies["theme"] = '"><script>'
    assert "<script>" not in visitor.get("/accounts/login/").content.decode()


def test_the_styleguide_is_not_part_of_the_public_site(visitor, settings):
    settings.DEMO = False
    assert visitor.get("/styleguide/").status_code == 404
    settings.DEMO = True
    assert visitor.get("/styleguide/").status_code == 200


def test_the_styleguide_shows_every_component(visitor, settings):
    settings.DEMO = True
    html = visitor.get("/styleguide/").content.decode()
    elsewhere = {"entrance", "error-page", "settings-page", "gift-player"} | OF_ROOMS
    for component in (STYLES / "components").glob("*.css"):
        if component.stem not in elsewhere:
            names = set(re.findall(r"\.([a-z][a-z-]*)(?=[\s,{:.\[>])", component.read_text()))
            shown = [name for name in names if re.search(rf'class="[^"]*\b{name}\b', html)]
            assert shown, component


def test_pages_that_name_no_icon_get_one(visitor):
    answer = visitor.get("/favicon.ico")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/static/img/favicon.svg")


# --- Error pages ------------------------------------------------------------------------------
def test_what_is_not_there_answers_404_in_our_words(visitor):
    answer = visitor.get("/no-such-page/")
    assert answer.status_code == 404
    assert "This box is empty" in answer.content.decode()


def test_a_form_without_its_token_is_refused_in_our_words():
    visitor = Client(headers={"host": "127.0.0.1"}, enforce_csrf_checks=True)
    answer = visitor.post("/theme/", {"theme": "dark"})
    assert answer.status_code == 403
    assert "This form is no longer valid" in answer.content.decode()
    assert "theme" not in answer.cookies


def test_a_foreign_host_is_refused_in_our_words(visitor):
    answer = visitor.get("/accounts/login/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "That did not make sense to us" in answer.content.decode()


@pytest.mark.urls("tests.pages.test_base")
def test_an_error_of_ours_answers_500_without_saying_what_it_was(visitor):
    answer = visitor.get("/break-down/")
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.content.decode()
    assert "planted" not in answer.content.decode()


@pytest.mark.urls("tests.pages.test_base")
def test_a_database_that_is_away_answers_503_with_a_time_to_come_back(visitor):
    answer = visitor.get("/lose-the-database/")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert "Back in a moment" in answer.content.decode()


@pytest.mark.parametrize("name", ["400.html", "500.html", "503.html"])
def test_the_last_error_pages_need_no_context_and_only_files_that_exist(name):
    html = Template((TEMPLATES / name).read_text()).render(Context())
    files = re.findall(r'(?:href|src)="/static/([^"]+)"', html)
    assert len(files) == 6
    for file in files:
        assert (CHECKOUT / "static" / file).is_file(), file
