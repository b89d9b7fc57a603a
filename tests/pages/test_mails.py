"""Mails in our style, also those that a package writes."""

import pytest
from django.core import mail
from django.test import Client

from tests.make import make_user
from users.mails import compose_mail_page, send_mail_page

BODY = """{% extends "mail/base.html" %}
{% block body %}<p>Hello {{ name }}</p>{% include "mail/_button.html" with url=link text="Open" %}
<table>{% include "mail/_line.html" with name="Paid" value="$10.00" total=True %}</table>
{% endblock %}"""


@pytest.fixture
def greeting(tmp_path, settings):
    folder = tmp_path / "mail" / "greeting"
    folder.mkdir(parents=True)
    (folder / "subject.txt").write_text("Hello\n {{ name }}\n")
    (folder / "body.txt").write_text(
        '{% extends "mail/base.txt" %}{% block body %}Hello {{ name }}: {{ link }}{% endblock %}'
    )
    (folder / "body.html").write_text(BODY)
    templates = settings.TEMPLATES[0]
    settings.TEMPLATES = [templates | {"DIRS": [*templates["DIRS"], tmp_path]}]
    settings.SITE_NAME, settings.SITE_URL = "Lantern", "https://lantern.example/"


def test_a_mail_says_the_same_in_text_and_html(greeting):
    context = {"name": "Mira & Tomás", "link": "https://lantern.example/x?a=1&b=2"}
    made = compose_mail_page("greeting", to="mira@example.org", context=context)
    assert made.subject == "Hello Mira & Tomás"
    assert made.to == ["mira@example.org"]
    assert made.body == (
        "Hello Mira & Tomás: https://lantern.example/x?a=1&b=2\n\n-- \nLantern\n"
        "https://lantern.example\n"
    )
    [html] = [content for content, kind in made.alternatives if kind == "text/html"]
    assert "<p>Hello Mira &amp; Tomás</p>" in html
    assert 'href="https://lantern.example/x?a=1&amp;b=2"' in html
    assert "$10.00" in html
    for active in ("<script", "<img", "<link", "url("):
        assert active not in html


def test_a_mail_is_sent_once(greeting):
    send_mail_page("greeting", to="mira@example.org", context={"name": "Mira", "link": "x"})
    assert [sent.subject for sent in mail.outbox] == ["Hello Mira"]


def test_mails_about_signing_in_have_our_look(db, settings):
    settings.SITE_NAME, settings.SITE_URL = "Lantern", "https://lantern.example"
    make_user("mira", email="mira@example.org")
    visitor = Client(headers={"host": "127.0.0.1"})
    visitor.post("/accounts/password/reset/", {"email": "mira@example.org"})
    [sent] = mail.outbox
    assert sent.subject == "Choose a new password"
    assert sent.body.endswith("-- \nLantern\nhttps://lantern.example\n".rstrip())
    [(html, kind)] = sent.alternatives
    link = next(word for word in sent.body.split() if "/password/reset/key/" in word)
    assert kind == "text/html"
    assert f'href="{link}"' in html
    assert "-- " not in html
    assert html.count("Lantern") == 2
