"""Pictures from outside: what is kept is ours, and what is made to harm is refused."""

import io
import struct
import zlib

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, PngImagePlugin

from tests.make import make_user
from users.actions import people
from users.errors import PictureRefused
from users.models import User
from users.pictures import LARGEST_BYTES, SIDE_PIXELS, safe_picture


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


def picture(kind: str = "JPEG", size=(640, 480), mode="RGB", **options) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "orange").save(out, kind, **options)
    return out.getvalue()


def png_chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_claiming(width: int, height: int) -> bytes:
    """A small file that unpacks into width × height pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1_000_000), 9)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + png_chunk(b"IDAT", rows)
        + png_chunk(b"IEND", b"")
    )


def png_with_huge_text() -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("comment", "x" * 100_000_000, zip=True)
    return picture("PNG", pnginfo=info)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
ATTACKS = {
    "empty": (b"", "kind"),
    "svg": (SVG, "kind"),
    "html": (b"<html><script>alert(1)</script>", "kind"),
    "tiff": (picture("TIFF"), "kind"),
    "bmp": (picture("BMP"), "kind"),
    "eps": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "kind"),
    "bomb": (png_claiming(30_000, 30_000), "pixels"),
    "large bomb": (png_claiming(60_000, 60_000), "pixels"),
    "too many pixels": (png_claiming(5_000, 5_000), "pixels"),
    "cut off": (picture("PNG", (400, 400))[:60], "broken"),
    "less rows than claimed": (png_claiming(4_000, 4_000), "broken"),
    "too large": (picture() + bytes(LARGEST_BYTES), "size"),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_attacks_are_refused(name):
    sent, why = ATTACKS[name]
    with pytest.raises(PictureRefused) as refused:
        safe_picture(sent)
    assert refused.value.details == {"why": why}


def test_text_that_unpacks_without_end_is_refused():
    with pytest.raises(PictureRefused):
        safe_picture(png_with_huge_text())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_what_is_kept_is_a_square_webp(kind):
    kept = Image.open(io.BytesIO(safe_picture(picture(kind))))
    assert (kept.format, kept.size) == ("WEBP", (SIDE_PIXELS, SIDE_PIXELS))


def test_a_picture_that_is_also_a_script_keeps_only_the_picture():
    script = b"<script>alert(document.cookie)</script>"
    kept = safe_picture(picture("GIF") + script)
    assert script not in kept
    assert Image.open(io.BytesIO(kept)).format == "WEBP"


def test_place_and_camera_stay_behind():
    exif = Image.Exif()
    exif[0x010F] = "Own camera"
    exif.get_ifd(0x8825)[2] = (48.0, 12.0, 30.0)
    sent = picture(exif=exif, comment=b"at home")
    assert b"Own camera" in sent
    kept = safe_picture(sent)
    assert b"Own camera" not in kept
    opened = Image.open(io.BytesIO(kept))
    assert not opened.getexif()
    assert not {"exif", "icc_profile", "xmp", "comment"} & set(opened.info)


def test_a_picture_lying_on_its_side_is_turned():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    out = io.BytesIO()
    two = Image.new("RGB", (400, 400), "red")
    two.paste("blue", (0, 200, 400, 400))
    two.save(out, "JPEG", exif=exif, quality=95)
    kept = Image.open(io.BytesIO(safe_picture(out.getvalue()))).convert("RGB")
    red, _, blue = kept.getpixel((300, 160))
    assert red > 200
    assert blue < 60


def test_what_is_clear_stays_clear():
    clear = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(clear, "PNG")
    kept = Image.open(io.BytesIO(safe_picture(clear.getvalue())))
    assert kept.getpixel((10, 10))[3] == 0


def test_uploading_replacing_and_removing(committed_db, client, own_media):
    user = make_user()
    client.force_login(user)

    def send(**data):
        return client.post("/account/", {"display_name": "Mia", "bio": "", **data}, follow=True)

    sent = SimpleUploadedFile("holiday.svg", picture(), content_type="image/svg+xml")
    assert send(picture=sent).status_code == 200
    first = User.objects.get().picture.name
    answer = client.get(f"/media/{first}")
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "holiday" not in first

    send(picture=SimpleUploadedFile("b.png", picture("PNG")))
    second = User.objects.get().picture.name
    assert second != first
    assert not default_storage.exists(first)

    send(remove_picture="on")
    assert User.objects.get().picture.name == ""
    assert not default_storage.exists(second)
    assert client.get(f"/media/{second}").status_code == 404


@pytest.mark.parametrize("name", ["svg", "bomb", "too large"])
def test_a_refused_picture_saves_nothing(db, client, name, own_media):
    user = make_user(display_name="Before")
    client.force_login(user)
    sent = SimpleUploadedFile("a.png", ATTACKS[name][0])
    page = client.post("/account/", {"display_name": "After", "bio": "", "picture": sent})
    assert page.context["form"].errors["picture"]
    user.refresh_from_db()
    assert (user.display_name, user.picture.name) == ("Before", "")
    assert list(own_media.rglob("*.webp")) == []


@pytest.mark.parametrize(
    "path", ["../settings.py", "x" * 32 + ".webp", "a" * 32, "..%2f..%2fx.webp"]
)
def test_only_pictures_are_served(db, client, path):
    assert client.get(f"/media/pictures/{path}").status_code == 404


def test_a_picture_refused_by_the_action_leaves_no_file(db, own_media):
    user = make_user()
    with pytest.raises(PictureRefused):
        people.save_profile(user, display_name="", bio="", country="", picture=SVG)
    assert list(own_media.rglob("*")) == []
