"""A picture somebody sends, made safe: read with care, drawn anew, and only the new one kept.

What is stored is always a WebP of our own making, square and small, without metadata, so nothing
of the file that was sent reaches another browser.
"""

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from users.errors import PictureRefused

LARGEST_BYTES = 8 * 1024 * 1024
SIDE_PIXELS = 320
# By content, whatever the file is called. No SVG: it is a document that runs script.
KINDS = ("JPEG", "PNG", "WEBP", "GIF")
# JPEG can be read at a fraction of its size; the others cost their full size in memory.
MOST_PIXELS = {"JPEG": 64_000_000, "PNG": 20_000_000, "WEBP": 20_000_000, "GIF": 20_000_000}
# What Pillow raises over files that are broken or made to break it.
BROKEN = (
    UnidentifiedImageError,
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    IndexError,
    KeyError,
    MemoryError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


def safe_picture(sent: bytes) -> bytes:
    """The picture as a square WebP of our own; raises `PictureRefused` with `why`.

    `why` is size, kind, pixels or broken. Of a moving picture the first frame stays.
    """
    if len(sent) > LARGEST_BYTES:
        raise PictureRefused(why="size")
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            return _redraw(sent)
        except BROKEN as error:
            raise PictureRefused(why="broken") from error


def _redraw(sent: bytes) -> bytes:
    try:
        picture = Image.open(io.BytesIO(sent), formats=KINDS)
    except UnidentifiedImageError as error:
        raise PictureRefused(why="kind") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureRefused(why="pixels") from error
    width, height = picture.size
    if width * height > MOST_PIXELS[picture.format or "PNG"] or min(width, height) < 1:
        raise PictureRefused(why="pixels")
    # Reads a large JPEG at a half, a quarter or an eighth, still larger than we need.
    picture.draft("RGB", (SIDE_PIXELS * 2, SIDE_PIXELS * 2))
    turned = ImageOps.exif_transpose(picture)
    mode = "RGBA" if turned.has_transparency_data else "RGB"
    square = ImageOps.fit(turned.convert(mode), (SIDE_PIXELS, SIDE_PIXELS))
    # Pixels alone go over; text, place, camera and colour profile stay behind.
    clean = Image.new(mode, square.size)
    clean.paste(square)
    out = io.BytesIO()
    clean.save(out, "WEBP", quality=86, method=4)
    return out.getvalue()
