"""Every gift of the catalogue has finished art, and a scene exactly when it says that it moves."""

import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
ROWS = json.loads((CHECKOUT / "gifts" / "catalogue.json").read_text(encoding="utf-8"))
ART = CHECKOUT / "static" / "gifts" / "art"
MOTION = CHECKOUT / "static" / "js" / "gifts" / "motion"
DRAWN = {
    "svg", "defs", "g", "use", "path", "circle", "ellipse", "rect", "clipPath", "linearGradient",
    "radialGradient", "stop",
}  # fmt: skip


def test_files_and_catalogue_agree() -> None:
    assert {path.stem for path in ART.glob("*.svg")} == {row["slug"] for row in ROWS}
    moving = {row["slug"] for row in ROWS if row["has_motion"]}
    assert {path.stem for path in MOTION.glob("*.js")} == moving


@pytest.mark.parametrize("slug", [row["slug"] for row in ROWS])
def test_art_is_small_plain_and_names_its_parts(slug: str) -> None:
    source = (ART / f"{slug}.svg").read_text(encoding="utf-8")
    assert len(source.encode()) < 6_144
    root = ElementTree.fromstring(source)
    assert root.get("viewBox") == "0 0 128 128"
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert names <= DRAWN
    ids = [element.attrib["id"] for element in root.iter() if "id" in element.attrib]
    assert len(ids) == len(set(ids))
    assert all(name.startswith(f"{slug}-") for name in ids)
    used = set(re.findall(r'(?:url\(|href=")#([\w-]+)', source))
    assert used <= set(ids)
