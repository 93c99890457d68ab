"""Pages of documents as pictures. Decoders of PDF and TIFF are large and strangers feed them, so this is called through
`apps.core.children` only, and everything it needs is loaded before its doors are shut."""

import io
import warnings
from typing import Any

import pypdfium2
from PIL import Image, ImageSequence
from PIL import PdfImagePlugin as _pdf_writer  # noqa: F401, N813  loaded now: later nothing can be opened
from PIL import TiffImagePlugin as _tiff_reader  # noqa: F401, N813

LONGEST_SIDE = 1600  # pixels of a picture we draw
MOST_PIXELS = 50_000_000  # of one page as it came (S-21)
MOST_PIXELS_IN_ALL = 400_000_000
MOST_PAGES = 100
FEW_COLOURS = 4096  # up to here a page is text and drawings, which the one format keeps sharp and small
STRETCHED = (0.25, 4.0)  # a fax of ordinary resolution has pixels twice as high as wide
SAVED = 85  # per cent of quality for photographs

warnings.simplefilter("error", Image.DecompressionBombWarning)
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
Image.preinit()


class NotShown(Exception):
    """It is no document, or it is one beyond our limits."""


def pages(document: bytes, first: int, count: int) -> dict[str, Any]:
    """`total` pages, and pictures of `count` of them from `first` on (1 is the first); an empty answer for what is no
    document that we can read. A page that cannot be drawn is None: {"total", "pages": [{"picture", "width", "height"}]}
    """
    drawn = _pdf_pages if b"%PDF-" in document[:1024] else _tiff_pages
    try:
        return drawn(document, first, count)
    except MemoryError:
        raise
    except Exception:  # a decoder may fail in any way it likes
        return {"total": 0, "pages": []}


def as_pdf(tiff: bytes) -> bytes | None:
    """All pages in one document, or None when there are too many of them or they are no pictures."""
    try:
        with _tiff(tiff) as picture:
            return _document(picture)
    except MemoryError:
        raise
    except Exception:
        return None


def _pdf_pages(document: bytes, first: int, count: int) -> dict[str, Any]:
    pdf = pypdfium2.PdfDocument(document)
    numbers = range(first - 1, min(first - 1 + count, len(pdf), MOST_PAGES))
    return {"total": len(pdf), "pages": [_pdf_page(pdf, number) for number in numbers]}


def _pdf_page(pdf: pypdfium2.PdfDocument, number: int) -> dict[str, Any] | None:
    try:
        page = pdf[number]
        width, height = page.get_size()
        if not (0 < width < 1e6 and 0 < height < 1e6):
            return None
        return _saved(page.render(scale=LONGEST_SIDE / max(width, height)).to_pil())
    except (pypdfium2.PdfiumError, ValueError, OSError):
        return None


def _tiff(document: bytes) -> Image.Image:
    return Image.open(io.BytesIO(document), formats=["TIFF"])


def _tiff_pages(document: bytes, first: int, count: int) -> dict[str, Any]:
    with _tiff(document) as picture:
        total = getattr(picture, "n_frames", 1)
        numbers = range(first - 1, min(first - 1 + count, total, MOST_PAGES))
        return {"total": total, "pages": [_tiff_page(picture, number) for number in numbers]}


def _tiff_page(picture: Image.Image, number: int) -> dict[str, Any] | None:
    try:
        picture.seek(number)
        if picture.width * picture.height > MOST_PIXELS:
            return None
        return _saved(_square(picture, _plain(picture)))
    except (OSError, ValueError, SyntaxError, KeyError, TypeError, EOFError):
        return None


def _plain(frame: Image.Image) -> Image.Image:
    grey = frame.mode in ("1", "L", "LA", "I", "I;16", "F")
    return frame.convert("L" if grey else "RGB")


def _square(frame: Image.Image, drawn: Image.Image) -> Image.Image:
    """With as many pixels to the inch across as down."""
    across, down = (float(value or 1) for value in frame.info.get("dpi", (1, 1)))
    ratio = across / down if down > 0 else 1.0
    if ratio == 1.0 or not STRETCHED[0] <= ratio <= STRETCHED[1]:
        return drawn
    return drawn.resize((drawn.width, max(round(drawn.height * ratio), 1)))


def _saved(drawn: Image.Image) -> dict[str, Any]:
    if drawn.mode not in ("L", "RGB"):
        drawn = drawn.convert("RGB")
    drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = io.BytesIO()
    if drawn.getcolors(FEW_COLOURS) is None:
        drawn.save(out, "JPEG", quality=SAVED)
    else:
        drawn.save(out, "PNG", optimize=True)
    return {"picture": out.getvalue(), "width": drawn.width, "height": drawn.height}


def _document(picture: Image.Image) -> bytes | None:
    if getattr(picture, "n_frames", 1) > MOST_PAGES:
        return None
    total, out = 0, io.BytesIO()
    for number, frame in enumerate(ImageSequence.Iterator(picture)):
        pixels = frame.width * frame.height
        total += pixels
        if pixels > MOST_PIXELS or total > MOST_PIXELS_IN_ALL:
            return None
        page = _square(frame, frame.convert("1" if frame.mode == "1" else "L"))
        page.save(out, "PDF", append=number > 0, resolution=204.0)  # one by one: all at once weigh a byte a pixel
    return out.getvalue()
