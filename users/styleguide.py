"""Example content of the styleguide, so that each component is seen with what it will hold."""

from types import SimpleNamespace
from typing import Any

from django import forms

from users.charts import Chart, Series

WEEK = ["16 Nov", "17 Nov", "18 Nov", "19 Nov", "20 Nov", "21 Nov", "22 Nov"]
MONTH = [f"{day} Nov" for day in range(1, 31)]


class ExampleForm(forms.Form):
    name = forms.CharField(label="Name", max_length=50, help_text="Other people see this.")
    email = forms.EmailField(label="E-mail address")
    about = forms.CharField(label="About you", widget=forms.Textarea(), required=False)
    country = forms.ChoiceField(
        label="Country", choices=[("AT", "Austria"), ("KE", "Kenya"), ("JP", "Japan")]
    )
    confirm = forms.BooleanField(label="Ask me before I spend more than 500 coins")
    method = forms.ChoiceField(
        label="Pay by",
        choices=[("card", "Card"), ("bank", "Bank transfer")],
        widget=forms.RadioSelect,
    )


def examples() -> dict[str, Any]:
    """The context of styleguide.html."""
    return {
        "form": ExampleForm(),
        "bad_form": ExampleForm({"name": "", "email": "nobody", "country": "AT"}),
        "bars": Chart(
            title="Diamonds earned",
            unit="diamonds a day",
            series=[Series("Diamonds", [3200, 0, 12450, 8100, 5400, 21900, 17650])],
            labels=WEEK,
        ),
        "lines": Chart(
            title="Viewers and gifts",
            unit="people and gifts a day",
            series=[
                Series("Viewers", [(day * 37) % 211 + 90 + day * 4 for day in range(30)]),
                Series("Gifts", [(day * 53) % 97 + 20 + day * 2 for day in range(30)]),
            ],
            labels=MONTH,
            kind="lines",
        ),
        "stacked": Chart(
            title="Where gifts came from",
            unit="coins a day",
            series=[
                Series("Rooms", [900, 1500, 400, 2200, 3100, 2600, 4100]),
                Series("Videos", [300, 200, 900, 400, 600, 1200, 800]),
                Series("Comments", [50, 90, 20, 120, 80, 240, 60]),
            ],
            labels=WEEK,
            kind="stacked",
        ),
        "losses": Chart(
            title="Margin by day",
            unit="cents",
            series=[Series("Margin", [120, 80, -60, 40, -140, 90, 30])],
            labels=WEEK,
        ),
        "empty": Chart(
            title="Withdrawals", unit="a month", series=[Series("Withdrawals", [])], labels=[]
        ),
        "people": [
            SimpleNamespace(handle=handle, name=name, picture=None)
            for handle, name in (
                ("mira", "Mira Osei"),
                ("tomas", "Tomás Lindqvist"),
                ("yuki_draws", "Yuki Draws"),
                ("okoro", "Okoro"),
            )
        ],
        "swatches": [
            *("ground", "surface", "raised", "sunken", "ink", "ink-soft", "brand", "brand-soft"),
            *("action", "coin-soft", "diamond-soft"),
            *("good-soft", "warn-soft", "bad-soft", "info-soft"),
        ],
    }
