import json
from pathlib import Path

import pytest

from gifts.models import Gift

CATALOGUE = Path(__file__).resolve().parents[2] / "gifts" / "catalogue.json"


@pytest.mark.django_db
def test_catalogue_holds_the_rows_of_the_file() -> None:
    rows = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    stored = {gift.slug: gift for gift in Gift.objects.all()}
    assert len(stored) == len(rows) == 40
    for row in rows:
        gift = stored[row["slug"]]
        assert {name: getattr(gift, name) for name in row} == row
        assert gift.active


def test_ladder_runs_from_1_to_44999_with_motion_for_every_display() -> None:
    rows = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    prices = [row["coins"] for row in sorted(rows, key=lambda row: row["sort"])]
    assert (min(prices), max(prices)) == (1, 44_999)
    assert prices == sorted(prices)
    assert {row["display"] for row in rows if row["has_motion"]} == set(Gift.Display.values)
