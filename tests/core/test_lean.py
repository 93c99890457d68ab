"""Pieces kept, and lines looked at before they are taken apart."""

import pytest
from django.template import Context, Template
from django.utils import translation
from django.utils.html import urlize

from apps.core.templatetags.lean import links


@pytest.mark.parametrize(
    "text",
    [
        "Good morning. I read a.\nNothing else; really?",
        "Look at https://olmo.example/a?b=1&c=2, www.olmo.example or olmo.org.\nThank you",
        "<b>write</b> to ana@olmo.example\n\n(http://olmo.example).",
        'quoted "text" & <script>alert(1)</script>',
        "",
    ],
)
def test_links_are_those_of_urlize(text):
    assert links(text) == urlize(text, nofollow=True, autoescape=True)


def test_a_kept_piece_is_made_once_for_each_key_and_language():
    piece = Template("{% load lean i18n %}{% kept who %}{% translate 'Search' %} {{ count }}{% endkept %}")

    def said(who, count, language="en"):
        with translation.override(language):
            return piece.render(Context({"who": who, "count": count}))

    assert said("ana", 1) == "Search 1"
    assert said("ana", 2) == "Search 1"
    assert said("luis", 3) == "Search 3"
    assert said("ana", 4, "es") == "Búsqueda 4"
