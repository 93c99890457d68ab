"""HTML from outside is cleaned by one allow-list, within a budget, when it is stored and again when it is shown."""

import json
import re
import secrets
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from html import escape, unescape
from typing import Any

import nh3
from django.utils.safestring import SafeString, mark_safe

CLEANER_VERSION = 1
"""Stored beside cleaned HTML. Raised whenever the rules below change, so that older rows are known."""

LARGEST = 1024 * 1024  # characters
DEEPEST = 200  # open elements
MOST_TAGS = 60_000
MOST_TAGS_AT_ONCE = 1_500  # the parser needs under half a second for any 1,500 tags, however they are nested,
LARGEST_AT_ONCE = 128 * 1024  # and for any text of this length
CHILD_SECONDS = 5
CHILD_BYTES = 512 * 1024 * 1024

LINK_SCHEMES = {"http", "https", "mailto", "tel"}

TAGS = {
    *("a", "abbr", "b", "bdi", "bdo", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd", "del"),
    *("dfn", "div", "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img"),
    *("ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike"),
    *("strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "tt", "u", "ul", "var"),
    "wbr",
}
DROPPED_WITH_THEIR_TEXT = {
    *("script", "style", "title", "template", "noscript", "noembed", "noframes", "iframe", "object", "applet"),
    *("textarea", "select", "xmp", "plaintext"),
}
ATTRIBUTES = {
    "*": {"lang", "dir", "title"},
    "a": {"href"},
    "img": {"src", "data-remote", "alt", "width", "height"},
    "td": {"colspan", "rowspan", "align", "valign"},
    "th": {"colspan", "rowspan", "align", "valign", "scope"},
    "col": {"span"},
    "colgroup": {"span"},
    "ol": {"start", "reversed", "type"},
    "time": {"datetime"},
}


def clean_html(text: str, *, cid_urls: Mapping[str, str] | None = None, own_links: bool = False) -> str:
    """What may be shown of `text`. Cleaning the result again changes nothing.

    Pictures of the message itself (`cid:`) are pointed to `cid_urls[content id]` when it is known. Remote pictures
    lose their `src` and keep the address in `data-remote`, which no browser loads. `own_links` lets links to our own
    pages ("/es/...") stand; in a mail they lead nowhere and are dropped. Over budget the text is all that is left.
    """
    text = _storable(text)
    tags = _count_tags(text)
    if _over_budget(text, tags):
        return text_to_html(_rough_text(text))
    if tags <= MOST_TAGS_AT_ONCE and len(text) <= LARGEST_AT_ONCE:
        return _clean(text, cid_urls or {}, own_links)
    return _clean_in_child(text, cid_urls or {}, own_links)


def display_html(text: str, *, cid_urls: Mapping[str, str] | None = None, own_links: bool = False) -> SafeString:
    """Stored HTML, cleaned once more and ready for a template."""
    return mark_safe(clean_html(text, cid_urls=cid_urls, own_links=own_links))  # noqa: S308


def text_from_html(text: str, *, links: bool = False) -> str:
    """The words of `text`, in lines as a reader sees them. With `links`, addresses follow their words in brackets."""
    return _text_of(clean_html(text, own_links=False), links)


def text_to_html(text: str) -> str:
    """Plain text as paragraphs, with web addresses and e-mail addresses made into links."""
    paragraphs = re.split(r"\n[ \t\r]*\n\s*", _storable(text).strip("\r\n"))
    return "".join(f"<p>{_linked(p)}</p>" for p in paragraphs if p.strip())


# Cleaning


def _clean(text: str, cid_urls: Mapping[str, str], own_links: bool) -> str:
    mark = f"x{secrets.token_hex(8)}"  # names our own rewritings; nobody outside can guess it

    def keep(tag: str, name: str, value: str) -> str | None:
        if tag != "img" or name not in {"src", "data-remote"}:
            return value
        if value[:8].lower().startswith(("http://", "https://")):
            return f"{mark}.remote:{value}"
        if name == "src" and value[:4].lower() == "cid:":
            url = cid_urls.get(value[4:].strip("<>"))
            return f"{mark}.ours:{url}" if url else value
        return None

    cleaned = nh3.clean(
        _FORMULA.sub("", text),
        tags=TAGS,
        clean_content_tags=DROPPED_WITH_THEIR_TEXT,
        attributes=ATTRIBUTES,
        attribute_filter=keep,
        url_schemes=LINK_SCHEMES | {"cid"},
        url_relative=_own_link if own_links else "deny",
        link_rel="noopener noreferrer nofollow",
    )
    for attribute in ("src", "data-remote"):
        cleaned = cleaned.replace(f'{attribute}="{mark}.remote:', 'data-remote="')
    return _with_true_hosts(cleaned.replace(f'src="{mark}.ours:', 'src="'))


# The parser takes a formula's elements away with their text; without them the text stays.
_FORMULA = re.compile(
    r"</?(?:math|maction|merror|mfenced|mfrac|mi|mn|mo|mover|mpadded|mphantom|mroot|mrow|ms|mspace|msqrt|mstyle|msub"
    r"|msubsup|msup|mtable|mtd|mtext|mtr|munder|munderover|semantics)(?:[\s/][^<>]*)?>",
    re.IGNORECASE,
)


def _own_link(url: str) -> str | None:
    return url if re.match(r"/(?![/\\])", url) else None


_LINK = re.compile(r'<a href="https?://([^"/?#<>]*)[^<>]*>((?:[^<]+|<(?!/?a[ >]))*)</a>')
_HOST = re.compile(r"(?:[^\W_][\w-]{0,62}\.){1,5}[^\W\d_]{2,24}")


def _with_true_hosts(cleaned: str) -> str:
    """A link whose words name another house, or whose own name may be drawn like another's, says where it goes."""

    def honest(link: re.Match[str]) -> str:
        host = unescape(link[1]).rpartition("@")[2].partition(":")[0].lower().removeprefix("www.")
        words = unescape(re.sub(r"<[^>]*>", "", link[2]))[:300].lower()
        named = [name.removeprefix("www.") for name in _HOST.findall(words)]
        is_foreign = any(name != host and not host.endswith(f".{name}") for name in named)
        is_odd = not host.isascii() or "xn--" in host
        if f"[{host}]" in words or not (is_foreign or is_odd):
            return link[0]
        return f"{link[0].removesuffix('</a>')} [{escape(host)}]</a>"

    return _LINK.sub(honest, cleaned)


def _clean_in_child(text: str, cid_urls: Mapping[str, str], own_links: bool) -> str:
    """Nesting can be made costly in ways that no count foretells, so large documents go where they can be stopped."""
    order = json.dumps({"text": text, "cid_urls": dict(cid_urls), "own_links": own_links})
    try:
        done = subprocess.run(  # noqa: S603 our own file, by our own interpreter
            [sys.executable, "-I", __file__],
            input=order.encode(),
            capture_output=True,
            timeout=2 * CHILD_SECONDS,
            check=True,
        )
    except (subprocess.SubprocessError, OSError):
        return text_to_html(_rough_text(text))
    cleaned = done.stdout.decode()
    return cleaned if len(cleaned) <= 4 * LARGEST else text_to_html(_rough_text(text))


def _child() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (CHILD_SECONDS, CHILD_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (CHILD_BYTES, CHILD_BYTES))
    order: dict[str, Any] = json.loads(sys.stdin.buffer.read())
    sys.stdout.buffer.write(_clean(order["text"], order["cid_urls"], order["own_links"]).encode())


# The budget


_OPENING_OR_CLOSING = re.compile(r"<(?=[a-zA-Z/])")
_TAG_NAME = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,20})")
_NEVER_DEEP = {  # void elements, and those that the next of their kind closes
    *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"),
    *("p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "caption", "colgroup", "option", "optgroup"),
    *("rp", "rt"),
}


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode().replace("\x00", "")


def _count_tags(text: str) -> int:
    return len(_OPENING_OR_CLOSING.findall(text))


def _over_budget(text: str, tags: int) -> bool:
    return len(text) > LARGEST or tags > MOST_TAGS or (tags > DEEPEST and _depth(text) > DEEPEST)


def _depth(text: str) -> int:
    """About how deep the elements lie. Read as a browser would, save for oddities: those cost time, which is limited
    as well."""
    still_open: Counter[str] = Counter()
    depth = deepest = 0
    for closing, name in _TAG_NAME.findall(_without_comments(text)):
        tag = name.lower()
        if tag in _NEVER_DEEP:
            continue
        if not closing:
            still_open[tag] += 1
            depth += 1
            deepest = max(deepest, depth)
        elif still_open[tag]:
            still_open[tag] -= 1
            depth -= 1
    return deepest


def _without_comments(text: str) -> str:
    parts, at = [], 0
    while (start := text.find("<!--", at)) >= 0:
        end = text.find("-->", start)
        parts.append(text[at:start])
        if end < 0:
            return "".join(parts)
        at = end + 3
    return "".join([*parts, text[at:]])


# Text


_BLANK_LINE_AROUND = {"p", "blockquote", "ul", "ol", "dl", "table", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "figure"}
_OWN_LINE = {"div", "li", "tr", "dt", "dd", "caption", "figcaption", "hr"}
_SPACES_ON_A_LINE = re.compile(r"[ \t\r\f\v\xa0]+")
_SCRIPT_OR_STYLE = re.compile(r"<(script|style)\b", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f]+")
_ADDRESS_OR_LINK = re.compile(
    r"(?P<url>\bhttps?://[^\s<>\"'`]{1,2000})|(?P<mail>\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})"
)
_LONG_NUMBER = re.compile(r"&#(?:[xX][0-9a-fA-F]{7,}|[0-9]{8,});?")


def _text_of(cleaned: str, links: bool) -> str:
    """Reads what `_clean` wrote: every "<" begins a tag of ours, and no attribute holds a ">"."""
    page = _Page()
    for part in re.split(r"(<[^>]*>)", cleaned):
        if not part.startswith("<"):
            page.write(unescape(part))
            continue
        tag = part.strip("</>").split(None, 1)[0].lower()
        if part.startswith("</"):
            page.close(tag, links)
        else:
            page.open(tag, part)
    return page.text()


class _Page:
    """Lines as they grow: breaks wait until there is something to write after them."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.breaks = 0
        self.quotes = self.quotes_before = 0
        self.preformatted = 0
        self.lists: list[int | None] = []
        self.lead = ""
        self.hrefs: list[tuple[str, int]] = []

    def write(self, words: str) -> None:
        if self.preformatted:
            for number, line in enumerate(words.split("\n")):
                self.breaks += bool(number)
                self._put(line)
            return
        words = _SPACES.sub(" ", words)
        if self.breaks or not self.parts or self.parts[-1][-1:].isspace():
            words = words.lstrip(" ")
        self._put(words)

    def open(self, tag: str, markup: str) -> None:
        if tag == "br":
            self.breaks = min(self.breaks + 1, 2)
        elif tag == "a":
            href = re.search(r' href="([^"]*)"', markup)
            self.hrefs.append((unescape(href[1]) if href else "", len(self.parts)))
        elif tag in {"td", "th"} and self.parts and not self.breaks:
            self._put("  ")
        self._edge(tag)
        if tag == "blockquote":
            self.quotes += 1
        elif tag == "pre":
            self.preformatted += 1
        elif tag in {"ul", "ol"}:
            self.lists.append(0 if tag == "ol" else None)
        elif tag == "li":
            self.lead = self._bullet()

    def close(self, tag: str, links: bool) -> None:
        if tag == "a" and self.hrefs:
            href, since = self.hrefs.pop()
            words = "".join(self.parts[since:])
            if links and href and href.split(":", 1)[-1].strip("/") not in words:
                self._put(f" ({href})")
        elif tag == "blockquote":
            self.quotes = max(self.quotes - 1, 0)
        elif tag == "pre":
            self.preformatted = max(self.preformatted - 1, 0)
        elif tag in {"ul", "ol"} and self.lists:
            self.lists.pop()
        self._edge(tag)

    def text(self) -> str:
        return "\n".join(line.rstrip() for line in "".join(self.parts).split("\n")).strip("\n")

    def _edge(self, tag: str) -> None:
        is_inner_list = tag in {"ul", "ol"} and bool(self.lists)
        if tag in _BLANK_LINE_AROUND and not is_inner_list:
            self.breaks = max(self.breaks, 2)
        elif tag in _OWN_LINE or is_inner_list:
            self.breaks = max(self.breaks, 1)

    def _bullet(self) -> str:
        indent = "  " * (len(self.lists) - 1)
        if not self.lists or self.lists[-1] is None:
            return f"{indent}- "
        self.lists[-1] += 1
        return f"{indent}{self.lists[-1]}. "

    def _put(self, words: str) -> None:
        if not words:
            return
        quote = "> " * self.quotes
        if not self.parts:
            self.parts.append(quote)
        elif self.breaks:
            between = "> " * min(self.quotes, self.quotes_before)
            self.parts.append(f"\n{between}" * (self.breaks - 1) + f"\n{quote}")
        self.parts.append(self.lead + words)
        self.breaks, self.lead, self.quotes_before = 0, "", self.quotes


def _rough_text(text: str) -> str:
    """The words of a document too large or too deep to be read properly. Its cost grows with the length alone."""
    text = text[:LARGEST]
    words = re.sub(r"<[^<>]*>", " ", _without_comments(_without_scripts(text)))
    words = unescape(_LONG_NUMBER.sub("\ufffd", words))
    return re.sub(r" ?(?:\n ?){3,}", "\n\n", _SPACES_ON_A_LINE.sub(" ", words)).strip()


def _without_scripts(text: str) -> str:
    folded = text.lower() if len(text.lower()) == len(text) else text
    parts, at = [], 0
    while found := _SCRIPT_OR_STYLE.search(text, at):
        parts.append(text[at : found.start()])
        end = folded.find(f"</{found[1].lower()}", found.end())
        if end < 0:
            return "".join(parts)
        at = end
    return "".join([*parts, text[at:]])


def _linked(text: str) -> str:
    parts, at = [], 0
    for found in _ADDRESS_OR_LINK.finditer(text):
        words = found[0].rstrip(".,;:!?)]}*_") if found["url"] else found[0].rstrip(".-")
        href = words if found["url"] else f"mailto:{words}"
        parts.append(escape(text[at : found.start()]))
        parts.append(f'<a href="{escape(href)}" rel="noopener noreferrer nofollow">{escape(words)}</a>')
        at = found.start() + len(words)
    parts.append(escape(text[at:]))
    return re.sub(r"\r\n?|\n", "<br>", "".join(parts))


if __name__ == "__main__":
    _child()
