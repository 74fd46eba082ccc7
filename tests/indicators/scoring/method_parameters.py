"""Parameters of scoring methods."""

from decimal import Decimal

from hypothesis import assume
from hypothesis import strategies as st

from indicators.scoring.methods import METHODS

D = Decimal

values = st.decimals(min_value=-(10**6), max_value=10**6, places=4)

amounts = st.decimals(min_value=D("0.0001"), max_value=10**6, places=4)


@st.composite
def scales(draw):
    """A method, parameters that pass its check, and whether more is better."""
    name = draw(st.sampled_from(sorted(METHODS)))
    match name:
        case "linear" | "inverse_linear":
            return name, {"target": draw(amounts)}, name == "linear"
        case "range" | "growth":
            start, target = draw(values), draw(values)
            assume(start != target)
            return (
                name,
                {"floor" if name == "range" else "base": start, "target": target},
                target > start,
            )
        case "bands":
            limits = sorted(draw(st.sets(values, min_size=1, max_size=5)))
            percents = draw(falling(len(limits)))
            direction = draw(st.sampled_from(["lower", "higher"]))
            rows = zip(limits if direction == "lower" else reversed(limits), percents, strict=True)
            return (
                name,
                {"bands": [list(row) for row in rows], "direction": direction},
                direction == "higher",
            )
        case "interpolation":
            targets = sorted(
                draw(st.sets(values, min_size=2, max_size=5)), reverse=draw(st.booleans())
            )
            percents = [100, *draw(falling(len(targets) - 1))]
            return (
                name,
                {"targets": [list(row) for row in zip(targets, percents, strict=True)]},
                targets[0] > targets[1],
            )
        case "levels" | "options":
            percents = draw(falling(draw(st.integers(2, 6))))
            percents = percents[::-1] if name == "levels" else percents
            return (
                name,
                {name: [{"percent": p, "fa": "خوب", "en": "good"} for p in percents]},
                name == "levels",
            )
        case "minmax":
            least, most = sorted(draw(st.sets(amounts, min_size=2, max_size=2)))
            direction = draw(st.sampled_from(["lower", "higher"]))
            params = {"min": least, "max": most, "log": draw(st.booleans()), "direction": direction}
            return name, params, direction == "higher"
        case "points":
            return name, {"maximum": draw(amounts)}, True
        case "checklist":
            return name, {"items": draw(st.integers(1, 30))}, True
        case _:
            return name, {}, True


def falling(size):
    return st.lists(st.integers(0, 100), min_size=size, max_size=size).map(
        lambda found: sorted(found, reverse=True)
    )


RFD = {"targets": [[90, 100], [80, 90], [70, 80], [60, 70], [50, 60]]}

ANSWERS = {
    "options": [
        {"percent": p, "fa": "پاسخ", "en": e}
        for p, e in ((100, "Yes"), (67, "Large"), (33, "Small"), (0, "No"))
    ]
}

STEPS = {
    "levels": [
        {"percent": p, "fa": f} for p, f in ((0, "نیست"), ("33.5", "آغاز شده"), (100, "نهادینه"))
    ]
}

INCOME = {"min": 100, "max": 75000, "log": True}
