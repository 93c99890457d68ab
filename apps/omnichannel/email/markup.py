"""HTML to readable text with its quotations marked, in one linear pass and without building a tree.

A `<blockquote>` becomes lines that begin with `> `. Asked to, it also marks where a mail program begins a quoted
message: CUT for its own container, BORDER for a thin line that often, but not always, stands above one.
"""

import re
from dataclasses import dataclass, field
from html import unescape

CUT = "\x02quotation\x02"
BORDER = "\x02border\x02"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


BLOCKS = _words(
    "address article aside body center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 "
    "header hr html li main nav ol p pre section summary table tbody tfoot thead title tr ul"
)
UNSEEN = _words("head script style template title noscript svg math xml object applet audio video select")
# A drawing or a head that was never closed ends where one of these begins, as in a browser.
LEFT_BY_PAGE = _words("head svg math")
PAGE_ONLY = _words(
    "b big blockquote body br center code dd div dl dt em h1 h2 h3 h4 h5 h6 hr i img li menu nobr ol p pre ruby s "
    "small span strike strong sub sup table tt u ul var"
)
VOID = _words("area base br col embed hr img input link meta param source track wbr")
PARAGRAPHS = _words("p h1 h2 h3 h4 h5 h6")
MAX_QUOTE_DEPTH = 20

# Containers that a mail program puts round the message being answered.
QUOTE_IDS = re.compile(
    r"(?:^|[^a-z])(?:divrplyfwdmsg|appendonsend|mail-editor-reference-message-container|olk_src_body_section"
    r"|stopspelling|zwchr|yahooquoted|ymail_android_signature_quoted|reply-intro|isreplycontent|origbody)(?:$|[^a-z])"
)
QUOTE_CLASSES = re.compile(
    r"(?:^|\s)(?:yahoo_quoted\w*|protonmail_quote|tutanota_quote|moz-forward-container|wordsection1_quoted"
    r"|ms-outlook-mobile-reference-message|freebirdformreply|zmail_extra|iwcquotedtext)(?:$|\s)"
)
SIGNATURE_CLASSES = re.compile(
    r"(?:^|\s)(?:gmail_signature|moz-signature|ms-outlook-mobile-signature|protonmail_signature_block(?:-user)?"
    r"|tutanota_signature|applemailsignature|yahoo_signature)(?:$|\s)"
)
SIGNATURE_IDS = re.compile(
    r"^(?:ms-outlook-mobile-signature|applemailsignature|signature|signature_old|mobile_signature)"
)
# The thin line that Outlook, Windows Mail and their kin draw above the quoted headers.
TOP_BORDER = re.compile(
    r"border(?:-top)?:(?:none;border-top:)?(?:solid#?\w{3,12}1(?:\.0)?pt|1(?:\.0)?p[tx]solid\W?\w{3,12}|solidrgb)"
    r"|border-top-(?:width:1px|style:solid)"
)
HIDDEN = re.compile(r"display:none|visibility:hidden|mso-hide:all|font-size:0(?:px|pt|;|$)|max-height:0(?:px|;|$)")
ATTRIBUTE = re.compile(r"""([a-zA-Z][\w:.-]{0,40})\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9:-]{0,40}")
SPACE = re.compile(r"[ \t\r\n\f]+")


@dataclass(slots=True)
class _Page:
    """The text as it grows: finished lines, the line being written, and how deep in quotations we are."""

    lines: list[str] = field(default_factory=list)
    current: list[str] = field(default_factory=list)
    depth: int = 0
    in_pre: int = 0
    gap: bool = False

    def write(self, text: str) -> None:
        if not self.in_pre:
            text = SPACE.sub(" ", text)
            if not self.current or self.current[-1].endswith((" ", "\n")):
                text = text.lstrip(" ")
        if not text:
            return
        if self.in_pre and "\n" in text:
            first, *others = text.split("\n")
            self.current.append(first)
            for line in others:
                self.end_line()
                self.current.append(line)
            return
        self.current.append(text)

    def end_line(self, *, always: bool = True) -> None:
        text = "".join(self.current).rstrip() if self.in_pre else "".join(self.current).strip(" ")
        self.current.clear()
        if not text and not always:
            return
        if text and self.gap:
            self._blank()
        self.gap = False
        prefix = "> " * self.depth
        self.lines.append((prefix + text).rstrip() if text else prefix.rstrip())

    def end_block(self) -> None:
        self.end_line(always=False)

    def leave_gap(self) -> None:
        self.end_block()
        self.gap = True

    def mark(self, sign: str) -> None:
        self.end_block()
        if not self.depth:
            self.lines.append(sign)

    def _blank(self) -> None:
        if self.lines and self.lines[-1].strip("> "):
            self.lines.append(("> " * self.depth).rstrip())


def text_from(html: str, *, marks: bool = False) -> str:
    """Readable text. With `marks` the quotations of known mail programs are marked and their signatures left out."""
    page = _Page()
    skip: list[str] = []  # open elements inside something unseen
    at, end = 0, len(html)
    no_comment_end = False
    lowered = ""
    while at < end:
        opened = html.find("<", at)
        if opened == -1:
            opened = end
        if opened > at and not skip:
            page.write(unescape(html[at:opened]))
        if opened >= end:
            break
        if html.startswith("<!--", opened) and not no_comment_end:
            closed = html.find("-->", opened + 4)
            if closed != -1:
                at = closed + 3
                continue
            no_comment_end = True
        if not NAME.match(html, opened + 1) and html[opened + 1 : opened + 2] not in ("/", "!", "?"):
            if not skip:
                page.write("<")
            at = opened + 1
            continue
        closed = _end_of_tag(html, opened)
        tag = html[opened + 1 : closed]
        at = closed + 1
        if tag.startswith("/"):
            _close(page, skip, _name(tag[1:]))
        elif tag[:1] not in ("!", "?"):
            name = _name(tag)
            if name in ("script", "style") and not skip:
                lowered = lowered or html.lower()
                closed = lowered.find("</" + name, at)
                at = closed if closed != -1 else end
            else:
                _open(page, skip, tag, marks=marks)
    page.end_block()
    return _tidy(page.lines)


def _open(page: _Page, skip: list[str], tag: str, *, marks: bool) -> None:
    name = _name(tag)
    if skip and skip[-1] in LEFT_BY_PAGE and name in PAGE_ONLY:
        skip.clear()
    if skip:
        if name == skip[-1] and name not in VOID:
            skip.append(name)
        return
    attributes = _attributes(tag[len(name) :])
    if name in UNSEEN or (name not in VOID and HIDDEN.search(_squeezed(attributes.get("style", "")))):
        if not tag.endswith("/") and name not in VOID:
            if name in BLOCKS:
                page.end_block()
            skip.append(name)
        return
    if marks and _is_quotation(attributes):
        page.mark(CUT)
    elif marks and _is_border(name, attributes):
        page.mark(BORDER)
    elif marks and name not in VOID and _is_signature(attributes):
        page.end_block()
        skip.append(name)
        return
    _begin(page, name, attributes)


def _begin(page: _Page, name: str, attributes: dict[str, str]) -> None:
    if name == "br":
        page.end_line()
    elif name == "blockquote":
        page.leave_gap()
        page.depth = min(page.depth + 1, MAX_QUOTE_DEPTH)
    elif name == "pre":
        page.end_block()
        page.in_pre += 1
    elif name == "li":
        page.end_block()
        page.write("* ")
    elif name in ("td", "th"):
        page.write(" ")
    elif name in PARAGRAPHS:
        page.leave_gap()
    elif name in BLOCKS:
        page.end_block()
    elif name == "img" and attributes.get("alt"):
        page.write(attributes["alt"][:300])


def _close(page: _Page, skip: list[str], name: str) -> None:
    if skip:
        if name == skip[-1]:
            skip.pop()
        elif name in ("body", "html"):
            skip.clear()
        return
    if name == "blockquote":
        page.end_block()
        if page.depth:
            page.depth -= 1
        page.gap = True
    elif name == "pre":
        page.end_block()
        page.in_pre = max(0, page.in_pre - 1)
    elif name in PARAGRAPHS:
        page.leave_gap()
    elif name in BLOCKS:
        page.end_block()


def _end_of_tag(html: str, opened: int) -> int:
    """The `>` that closes a tag; one inside a quoted attribute does not count, if the quote ends soon."""
    closed = html.find(">", opened)
    if closed == -1:
        return len(html)
    for quote in ('="', "='"):
        begins = html.find(quote, opened, closed)
        if begins != -1 and html.count(quote[1], opened, closed) % 2:
            ends = html.find(quote[1], closed, closed + 2000)
            if ends != -1:
                later = html.find(">", ends)
                return later if later != -1 else len(html)
    return closed


def _name(tag: str) -> str:
    match = NAME.match(tag)
    return match.group().lower() if match else ""


def _attributes(text: str) -> dict[str, str]:
    if "=" not in text:
        return {}
    found = {}
    for match in ATTRIBUTE.finditer(text[:4000]):
        value = match.group(2) or match.group(3) or match.group(4) or ""
        found.setdefault(match.group(1).lower(), unescape(value))
    return found


def _squeezed(style: str) -> str:
    return "".join(style.lower().split()) if style else ""


def _is_quotation(attributes: dict[str, str]) -> bool:
    ident = attributes.get("id", "").lower()
    if ident and QUOTE_IDS.search(ident):
        return True
    return bool(QUOTE_CLASSES.search(attributes.get("class", "").lower()))


def _is_border(name: str, attributes: dict[str, str]) -> bool:
    if name == "hr":
        return True
    return name in ("div", "table", "td") and bool(TOP_BORDER.search(_squeezed(attributes.get("style", ""))))


def _is_signature(attributes: dict[str, str]) -> bool:
    return bool(
        SIGNATURE_CLASSES.search(attributes.get("class", "").lower())
        or SIGNATURE_IDS.search(attributes.get("id", "").lower())
        or attributes.get("data-signatureblock") == "true"
        or attributes.get("data-smartmail") == "gmail_signature"
    )


def _tidy(lines: list[str]) -> str:
    kept: list[str] = []
    for line in lines:
        shown = line.replace("\xa0", " ").rstrip()
        if shown or (kept and kept[-1]):
            kept.append(shown)
    return "\n".join(kept).strip("\n")
