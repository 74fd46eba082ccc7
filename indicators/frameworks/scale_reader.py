"""The reading of a scale's definition, with what a leaf brings of its own."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise

from indicators.frameworks.json_document import DocumentValue
from indicators.scoring.exact import ONE, ZERO
from indicators.scoring.scales import (
    NOT_APPLICABLE,
    UNDER_REVIEW,
    Band,
    Interpolate,
    MinMax,
    Number,
    Option,
    Options,
    Ratio,
    Scale,
)

TYPES = ("options", "number", "points", "interpolate", "ratio", "minmax")


def scale_of(at: DocumentValue, leaf: DocumentValue | None = None) -> Scale:
    """Read the scale of a document, as a leaf uses it; without a leaf, what leaves bring themselves
    may be missing.
    """
    kind = at["type"].one_of(TYPES)
    own = _Parts(at, leaf)
    match kind:
        case "options":
            return _options(at)
        case "number" | "points":
            return _number(at, own, kind)
        case "interpolate":
            return _interpolate(at, own)
        case "ratio":
            standard = own.find("standard", needed=True)
            down = own.down()
            if standard is not None and (
                standard.number() < 0 or (standard.number() == 0 and not down)
            ):
                standard.refuse("must be more than zero")
            return Ratio(
                down, own.limit("cap"), own.limit("floor"), standard.number() if standard else ONE
            )
        case _:
            return _minmax(at, own)


@dataclass(frozen=True)
class _Parts:
    """The parameters of a scale, the leaf's own first."""

    scale: DocumentValue
    leaf: DocumentValue | None

    def find(self, key: str, *, needed: bool = False) -> DocumentValue | None:
        found = (self.leaf.find(key) if self.leaf else None) or self.scale.find(key)
        if found is None and needed and self.leaf:
            self.leaf.refuse(f"the leaf or its scale needs “{key}”")
        return found

    def number(self, key: str) -> Fraction | None:
        found = self.find(key)
        return found.number() if found else None

    def down(self) -> bool:
        found = self.find("direction")
        return found is not None and found.one_of(("up", "down")) == "down"

    def limit(self, key: str) -> Fraction | None:
        """Read the limit of a ratio, in its own unit; false is none."""
        found = self.find(key)
        return None if found is None or found.value is False else found.number()

    def limits(self, key: str, usual: Fraction) -> tuple[Fraction | None, Fraction | None]:
        """Read the limits of a minmax: of the share, which is the usual one unless lifted, and of
        the value.
        """
        found = self.find(key)
        if found is None or found.value is True:
            return usual, None
        if found.value is False:
            return None, None
        return (usual, None) if found.number() == usual else (None, found.number())


def _options(at: DocumentValue) -> Options:
    options = []
    for entry in at["options"].elements():
        label = entry.find("label")
        code = entry["code"].text()
        options.append(Option(code, label.text() if label else code, entry["value"].number()))
        if code in (NOT_APPLICABLE, UNDER_REVIEW):
            entry["code"].refuse(f"{code} is kept for values that are no answer")
        if [option.code.casefold() for option in options].count(code.casefold()) > 1:
            entry["code"].refuse("stands there twice")
    if not options:
        at["options"].refuse("must hold an option")
    none = at.find("na")
    names = [] if none is None else none.elements() if isinstance(none.value, list) else [none]
    return Options(tuple(options), tuple(name.text() for name in names))


def _number(at: DocumentValue, own: _Parts, kind: str) -> Number:
    least, most, step = own.number("min"), own.number("max"), own.number("step")
    points = own.leaf.find("points") if own.leaf else None
    if most is None and points:
        most = points.number()  # points out of a maximum
    if kind == "points":
        least = least or ZERO
    if least is not None and most is not None and least >= most:
        at.refuse("min must be less than max")
    if step is not None and step <= 0:
        at.refuse("step must be more than zero")
    bands = at.find("bands")
    return Number(least, most, step, bands_of(bands) if bands else ())


def _interpolate(at: DocumentValue, own: _Parts) -> Interpolate:
    levels = tuple(level.number() for level in at["levels"].elements())
    if len(levels) < 2 or any(upper <= lower for upper, lower in pairwise(levels)):
        at["levels"].refuse("must be two numbers or more, each less than the one before")
    labels = at.find("labels")
    names = tuple(label.text() for label in labels.elements()) if labels else ()
    if labels and len(names) != len(levels):
        labels.refuse(f"must be {len(levels)}, one a level")
    found = own.find("targets", needed=True)
    targets, dated = _targets(found, len(levels)) if found else (levels, False)
    above, below = own.number("above"), own.number("below")
    return Interpolate(
        levels,
        levels[0] if above is None else above,
        ZERO if below is None else below,
        names,
        targets,
        dated,
    )


def _targets(at: DocumentValue, count: int) -> tuple[tuple[Fraction, ...], bool]:
    elements = at.elements()
    if len(elements) != count:
        at.refuse(f"must be {count}, one a level")
    dated = all(isinstance(target.value, str) for target in elements)
    targets = tuple(_day(target) if dated else target.number() for target in elements)
    rising = all(a <= b for a, b in pairwise(targets))
    if targets[0] == targets[-1] or not (rising or all(a >= b for a, b in pairwise(targets))):
        at.refuse("must fall where more is better, or rise where less is")
    return targets, dated


def _day(at: DocumentValue) -> Fraction:
    try:
        return Fraction(date.fromisoformat(at.text()).toordinal())
    except ValueError:
        at.refuse("must be a number, or a date like 2014-03-31")


def _minmax(at: DocumentValue, own: _Parts) -> MinMax:
    least, most = own.number("min"), own.number("max")
    transform = own.find("transform")
    log = transform is not None and transform.one_of(("log", "none")) == "log"
    if own.leaf is None and (least is None or most is None):
        least, most = ONE, ONE + ONE  # every leaf brings its own
    if least is None or most is None or least == most:
        (own.leaf or at).refuse("needs min and max, which must differ")
    if log and min(least, most) <= 0:
        at.refuse("min and max must be more than zero to have a logarithm")
    cap, top = own.limits("cap", ONE)
    floor, bottom = own.limits("floor", ZERO)
    return MinMax(own.down(), cap, floor, least, most, log, bottom, top)


def bands_of(at: DocumentValue, *, by_code: bool = False) -> tuple[Band, ...]:
    """Read the bands of a document, in its order; without a `min` only where a rule names them."""
    bands = []
    for entry in at.elements():
        least, code = entry.find("min"), entry.find("code")
        if least is None and not by_code:
            entry.refuse("“min” is missing")
        bands.append(
            Band(
                least.number() if least else None,
                entry["label"].text(),
                code.text() if code else "",
            )
        )
        if least and [band.least for band in bands].count(bands[-1].least) > 1:
            least.refuse("stands there twice")
    return tuple(bands)
