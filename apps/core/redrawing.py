"""Raster pictures that others sent, drawn anew: nothing of the sent bytes is passed on (S-17)."""

import io
import warnings

PICTURES = {"image/png", "image/jpeg", "image/gif", "image/webp"}
LARGEST_SIDE = 1600
MOST_PIXELS = 40_000_000


def redraw(data: bytes) -> bytes | None:
    """PNG bytes of at most LARGEST_SIDE, or None for what is no picture or too large a one."""
    from PIL import Image, ImageOps  # loaded with the first picture: most processes never draw one

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=["PNG", "JPEG", "GIF", "WEBP"])
            if image.width * image.height > MOST_PIXELS:
                return None
            image.draft("RGB", (LARGEST_SIDE, LARGEST_SIDE))
            image = ImageOps.exif_transpose(image)
            image.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
            out = io.BytesIO()
            image.convert("RGBA" if "A" in image.getbands() or "transparency" in image.info else "RGB").save(out, "PNG")
    except Exception:  # a decoder may fail in any way it likes; what it cannot draw is not shown
        return None
    return out.getvalue()
