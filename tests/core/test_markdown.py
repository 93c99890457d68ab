import pytest

from apps.core.markdown import LONGEST, render


def test_markdown_becomes_html():
    markup = render("# Renovar\n\n1. Entre\n2. **Renueve**\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")

    assert markup.startswith("<h1>Renovar</h1>\n<ol>\n<li>Entre</li>\n<li><strong>Renueve</strong></li>\n</ol>")
    assert "<th>a</th>" in markup


def test_s_12_html_in_markdown_is_text():
    assert render("<script>alert(1)</script>") == "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"


@pytest.mark.parametrize(
    "link",
    [
        "[x](javascript:alert(1))",
        "[x](<java\tscript:alert(1)>)",
        "[x](&#106;avascript:alert(1))",
        "[x][r]\n\n[r]: javascript:alert(1)",
        "[x][r]\n\n[r]:\n  javascript:alert(1)",
        "[x](data:text/html,<script>)",
        "<javascript:alert(1)>",
        "[x](//evil.example)",
        "[x](vbscript:x)",
    ],
)
def test_s_15_script_links_lead_nowhere(link):
    assert "href" not in render(link)


def test_links_to_our_own_pages_and_to_the_web_stand():
    assert 'href="/es/kb/multas/"' in render("[multas](/es/kb/multas/)")
    assert 'rel="noopener noreferrer nofollow"' in render("[web](https://olmo.example)")


def test_s_16_pictures_elsewhere_are_not_loaded():
    assert render("![plano](https://olmo.example/plano.png)") == (
        '<p><img data-remote="https://olmo.example/plano.png" alt="plano"></p>\n'
    )


def test_a_very_long_text_is_cut():
    assert len(render("a " * LONGEST)) < 2 * LONGEST
