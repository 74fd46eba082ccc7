"""Drafts to work on."""

from decimal import Decimal

D = Decimal


def fields(**changes):
    words = {
        "title_fa": "سنجهٔ تازه",
        "title_en": "",
        "unit_fa": "درصد",
        "direction": "higher",
        "method": "linear",
        "params": {},
    }
    return words | {"points": D(10), "target": D(20)} | changes
