"""Profile pictures of people who do not exist: flat, warm, all different.

Drawn at twice the size and made smaller, which smooths the edges.
"""

import io
import math
import random

from PIL import Image, ImageDraw

SIDE = 640

# ground, shape behind the head, clothes, clothes' trim
PALETTES = (
    ("#f3d9b8", "#e08a4b", "#7d1f4a", "#f6b42c"),
    ("#cfe3dc", "#12807c", "#2a1719", "#f4efe4"),
    ("#f4c9c1", "#a81c2b", "#2f4b6e", "#f3e3c3"),
    ("#dcd6ee", "#6a5aa8", "#3b2a52", "#f2a7b8"),
    ("#e9e2b5", "#8a8f2c", "#3f5a36", "#f7f0d8"),
    ("#c9def2", "#2f6fa5", "#a65a2e", "#fbe9cf"),
    ("#f6dfe6", "#b04a7a", "#1f4f52", "#f6c945"),
    ("#d8d0c6", "#6f5a4d", "#9c2c60", "#efe7da"),
)
SKINS = ("#f3cfb0", "#e7b48c", "#cf9467", "#a96f48", "#83522f", "#5f3a22")
HAIRS = ("#2a1b16", "#4a2c1c", "#7a4a24", "#b57a3a", "#d9a95c", "#8d8580", "#c9482f")

Canvas = ImageDraw.ImageDraw


def portrait(handle: str, look: str) -> bytes:
    """The picture as PNG, the same every time. `look` is style, skin and hair: "curls 4 0"."""
    chance = random.Random(f"portrait {handle}")  # noqa: S311 - a drawing
    style, skin_number, hair_number = look.split()
    ground, behind, clothes, trim = chance.choice(PALETTES)
    skin, hair = SKINS[int(skin_number)], HAIRS[int(hair_number)]
    picture = Image.new("RGB", (SIDE, SIDE), ground)
    canvas = ImageDraw.Draw(picture)
    _ground(canvas, chance, behind)
    if style in ("bob", "long", "curls", "scarf"):
        _hair_behind(canvas, style, trim if style == "scarf" else hair)
    _body(canvas, clothes, trim, skin)
    canvas.ellipse((212, 168, 428, 428), fill=skin)
    _face(canvas, chance, skin)
    _hair(canvas, style, hair, trim)
    if chance.random() < 0.3:
        _glasses(canvas)
    out = io.BytesIO()
    picture.resize((SIDE // 2, SIDE // 2), Image.Resampling.BOX).save(out, "PNG", compress_level=1)
    return out.getvalue()


def _ground(canvas: Canvas, chance: random.Random, colour: str) -> None:
    kind = chance.randrange(4)
    if kind == 0:
        canvas.ellipse((110, 70, 530, 490), fill=colour)
    elif kind == 1:
        for i in range(9):
            x = i * 80 - 20
            canvas.polygon([(x, 640), (x + 40, 640), (x + 260, 0), (x + 220, 0)], fill=colour)
    elif kind == 2:
        for ring in range(5, 0, -1):
            r = ring * 74
            box = (320 - r, 300 - r, 320 + r, 300 + r)
            canvas.ellipse(box, outline=colour, width=26)
    else:
        canvas.pieslice((-60, 200, 700, 960), 180, 360, fill=colour)
        for i in range(11):
            angle = math.pi * i / 10
            end = (320 - 470 * math.cos(angle), 580 - 470 * math.sin(angle))
            canvas.line((320, 580, *end), fill=colour, width=10)


def _body(canvas: Canvas, clothes: str, trim: str, skin: str) -> None:
    canvas.rounded_rectangle((278, 380, 362, 520), 36, fill=_darker(skin))
    canvas.ellipse((120, 456, 520, 860), fill=clothes)
    canvas.polygon([(262, 470), (378, 470), (320, 560)], fill=_darker(skin))
    canvas.line([(258, 466), (320, 566), (382, 466)], fill=trim, width=16, joint="curve")


def _face(canvas: Canvas, chance: random.Random, skin: str) -> None:
    ink = "#2a1719"
    for x in (276, 364):
        canvas.ellipse((x - 9, 286, x + 9, 308), fill=ink)
        canvas.arc((x - 26, 250, x + 26, 290), 205, 335, fill=ink, width=7)
    canvas.line([(322, 300), (314, 340), (328, 342)], fill=_darker(skin), width=8, joint="curve")
    widest = chance.choice((70, 84, 98))
    canvas.chord((320 - widest // 2, 334, 320 + widest // 2, 334 + 64), 20, 160, fill="#8e2f3a")
    for x in (244, 396):
        canvas.ellipse((x - 20, 330, x + 20, 362), fill=_mixed(skin, "#e0705f"))


def _hair_behind(canvas: Canvas, style: str, hair: str) -> None:
    if style == "bob":
        canvas.rounded_rectangle((176, 190, 464, 440), 90, fill=hair)
    elif style == "long":
        canvas.rounded_rectangle((176, 190, 464, 600), 110, fill=hair)
    elif style == "scarf":
        canvas.ellipse((176, 116, 464, 520), fill=hair)
    else:
        for angle in range(0, 360, 30):
            x = 320 + 134 * math.cos(math.radians(angle))
            y = 268 + 128 * math.sin(math.radians(angle))
            canvas.ellipse((x - 62, y - 62, x + 62, y + 62), fill=hair)


def _hair(canvas: Canvas, style: str, hair: str, trim: str) -> None:
    if style == "scarf":
        canvas.pieslice((196, 124, 444, 380), 192, 348, fill=trim)
        canvas.arc((196, 150, 444, 330), 196, 344, fill=_darker(trim), width=10)
        return
    if style == "cap":
        canvas.pieslice((196, 120, 444, 400), 180, 360, fill=trim)
        canvas.rounded_rectangle((196, 244, 500, 276), 16, fill=_darker(trim))
        return
    canvas.pieslice((196, 134, 444, 400), 186, 354, fill=hair)
    canvas.chord((204, 150, 400, 330), 170, 300, fill=hair)
    if style == "bun":
        canvas.ellipse((264, 66, 376, 178), fill=hair)
    elif style == "curls":
        for x in range(216, 440, 44):
            canvas.ellipse((x - 36, 146, x + 36, 218), fill=hair)
    elif style == "beard":
        canvas.chord((208, 210, 432, 446), 12, 168, fill=hair)
        canvas.chord((284, 342, 356, 392), 20, 160, fill="#f3e3c3")


def _glasses(canvas: Canvas) -> None:
    for x in (276, 364):
        canvas.ellipse((x - 38, 262, x + 38, 334), outline="#2a1719", width=8)
    canvas.line((314, 294, 326, 294), fill="#2a1719", width=8)


def _darker(colour: str) -> str:
    return _mixed(colour, "#2a1719")


def _mixed(colour: str, other: str) -> str:
    """Four parts of one colour and one of another."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{(4 * a + b) // 5:02x}" for a, b in pairs)


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))
