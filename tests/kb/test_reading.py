"""Callouts, internal notes and what is filled in when an article is read."""

import pytest
from django.utils import translation as languages

from apps.accounts.viewers import ANONYMOUS
from apps.hours import services as hours
from apps.kb import reading, services
from apps.kb.models import Translation
from tests.factories.accounts import OfficeFactory, user_in
from tests.factories.kb import TranslationFactory

pytestmark = pytest.mark.django_db

INTERNAL = "Llame al jefe de turno, interno 4711"
TEXT = f"Antes.\n\n:::warning\n**No** toque.\n:::\n\n:::internal\n{INTERNAL}.\n:::\n\nDespués."


@pytest.fixture
def office():
    return OfficeFactory(
        default_language="es", name="Oficina <b>Uno</b>", phone="2400 0199", address="Calle {{ phone }} 7"
    )


@pytest.fixture
def article(office):
    return TranslationFactory(office=office, author=user_in(office, "editor"), title="Multas", text=TEXT)


def shown(article, text):
    return str(reading.html(text, article))


def test_a_callout_is_set_off_and_its_markdown_is_read(article):
    html = reading.public_html(article)
    assert '<div class="notice warn" role="note">' in html and "<strong>No</strong> toque." in html
    assert html.index("Antes.") < html.index("toque") < html.index("Después.")


def test_an_internal_note_is_in_no_public_words(article):
    _link, inserted = services.insertable(article)
    public = [reading.public_html(article), inserted, reading.plain(article.live.text)]
    assert all("4711" not in words for words in public)
    assert "4711" in reading.html(article.live.text, article, for_staff=True)
    found = Translation.objects.matching("4711", ANONYMOUS, body_id=article.body_id)
    assert list(found) == []


def test_a_note_that_is_never_ended_stays_internal_to_the_end(article):
    assert "secreto" not in shown(article, "Antes.\n\n:::internal\nUno.\n\nsecreto")


def test_a_fence_inside_a_note_does_not_let_its_words_out(article):
    assert "secreto" not in shown(article, ":::internal\n```\n:::\nsecreto\n```\nsecreto\n:::\nfin")


def test_the_lines_of_a_callout_shown_as_code_are_code(article):
    assert ":::note" in shown(article, "```\n:::note\nx\n:::\n```")


def test_hours_come_from_the_calendar_as_it_is_now(office, article):
    calendar = hours.create_calendar(office, name="Uno", slug="uno", time_zone="America/Montevideo", actor=None)
    hours.set_week(calendar, valid_from=hours.today(calendar), week=[*[[(540, 1020)]] * 5, [], []], actor=None)
    office.calendar = calendar
    office.save()
    with languages.override("en"):
        article.language = "en"
        article.article.office = office
        assert "<li><strong>Monday to Friday</strong>: 9:00–17:00</li>" in shown(article, "{{ hours }}")
        hours.set_week(calendar, valid_from=hours.today(calendar), week=[*[[(600, 1020)]] * 5, [], []], actor=None)
        calendar.refresh_from_db()
        assert "Monday to Friday: 10:00–17:00" in shown(article, "Open {{hours}}.")


def test_s_26_names_are_an_allow_list_and_values_are_not_read_again(article):
    assert "Calle {{ phone }} 7" in shown(article, "{{ address }}")
    assert "Oficina &lt;b&gt;Uno&lt;/b&gt;" in shown(article, "{{ office }}")
    odd = "{{ office.pk }} {{7*7}} {% load x %} ${7*7} {{ settings }} {0.__class__} <%= 7*7 %> #{7*7}"
    html = shown(article, odd)
    assert "49" not in html and "{{ office.pk }}" in html and "{{ settings }}" in html and "{% load x %}" in html


def test_s_15_a_script_stays_text_in_a_callout_too(article):
    html = shown(article, ":::note\n<script>alert(1)</script> [x](javascript:alert(1)) <b onclick=x>\n:::")
    assert "<script" not in html and 'href="javascript' not in html and "<b onclick" not in html
