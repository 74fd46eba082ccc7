"""The reading of a framework's definition: a mistake is refused with its file, line, path and
reason.
"""

from collections import Counter
from fractions import Fraction
from functools import cache
from pathlib import Path

from indicators.frameworks.decision_tables import (
    codes_below,
    conditions_of,
    groups_of,
    nodes_below,
    rows_of,
    said_of,
)
from indicators.frameworks.framework import Framework, Limit
from indicators.frameworks.json_document import Document, DocumentValue, Malformed, RefusedAt
from indicators.frameworks.scale_reader import bands_of, scale_of
from indicators.scoring.exact import MODES, ONE, Rounding
from indicators.scoring.nodes import (
    AGGREGATIONS,
    LEAVING,
    NOT_APPLICABLE_POLICIES,
    UNDER_REVIEW_POLICIES,
    WEIGHTED,
    Missing,
    Node,
)
from indicators.scoring.scales import Band, Options, Scale

FORM = "assessment-framework/1"
FOLDER = Path(__file__).parents[1] / "data" / "frameworks"
POLICIES = ("skip", "zero", "null")
MOST_DIGITS = 20


@cache
def bundled_frameworks() -> dict[str, Framework]:
    """Load the portal's own definitions by the name in their address, in the order of their
    titles.
    """
    found = {path.stem: load(path) for path in FOLDER.glob("*.json")}
    return dict(sorted(found.items(), key=lambda item: item[1].title.casefold()))


def load(path: Path) -> Framework:
    """Load the framework that a file defines; Malformed when it does not define one."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Malformed(f"{path}, line {line}: not UTF-8") from None
    return read(text, str(path))


def read(text: str, name: str) -> Framework:
    """Read the framework that a text defines; `name` is what a refusal calls it."""
    document = Document(name, text)
    root = document.root
    document.refuse_twins()
    try:
        return _framework(root)
    except RefusedAt as error:
        raise document.words_of(error) from None
    except RecursionError:
        raise Malformed(f"{name}, line 1: nested too deeply") from None


def scales_of(framework: Framework) -> dict[str, Scale]:
    """Find the scales of a framework by name, without what single leaves bring."""
    return {
        name: scale_of(DocumentValue(scale))
        for name, scale in framework.document.get("scales", {}).items()
    }


def _framework(at: DocumentValue) -> Framework:
    at["form"].one_of((FORM,))
    scales = at.find("scales")
    named = scales.members() if scales else {}
    for scale in named.values():
        scale_of(scale)
    root = _node(at["root"], named, ONE)
    _check_codes(at["root"])
    _check_arithmetic(at["root"], root)
    bands = _bands(at, root)
    if band_on := at.find("band_on"):
        band_on.one_of(("total", "points"))
    rounding = at.find("band_rounding")
    return Framework(
        code=at["code"].text(),
        title=at["title"].text(),
        root=root,
        bands=bands,
        band_rounding=_rounding(rounding) if rounding else None,
        band_on_exact=rounding is not None and _rounding(rounding) is None,
        overrides=_overrides(at.find("overrides")),
        limits=_limits(at.find("limits"), at["root"], root, bands),
        document=at.value,
    )


def _bands(at: DocumentValue, root: Node) -> tuple[Band, ...]:
    found = at.find("bands")
    bands = bands_of(found, by_code=root.agg in ("table", "all_required", "none")) if found else ()
    if all(band.least is not None for band in bands):
        return tuple(sorted(bands, key=lambda band: band.least or 0, reverse=True))
    return bands


def _overrides(at: DocumentValue | None) -> dict[str, str]:
    found = {}
    for entry in at.elements() if at else []:
        code, label = entry.find("code"), entry["label"].text()
        found[code.text() if code else label] = label
    return found


def _limits(
    at: DocumentValue | None, tree: DocumentValue, root: Node, bands: tuple[Band, ...]
) -> tuple[Limit, ...]:
    limits = []
    for place, entry in enumerate(at.elements() if at else [], 1):
        code = entry.find("id")
        at_most = entry["at_most"].text()
        label = next((band.label for band in bands if at_most in (band.label, band.code)), "")
        if not label:
            entry["at_most"].refuse(f"“{at_most}” is no band")
        when = conditions_of(entry["when"], root, groups_of(tree, root))
        limits.append(Limit(code.text() if code else str(place), when, label))
    return tuple(limits)


# --- The tree -----------------------------------------------------------------------------------


def _node(at: DocumentValue, scales: dict[str, DocumentValue], weight: Fraction) -> Node:
    children, scale, tuned = at.find("children"), at.find("scale"), at.find("fine_tuned")
    _check_kind(at)
    title = at.find("title")
    code = at["code"].text()
    used = _scale(scale, scales, at) if scale else None
    kids = _children(children, scales) if children else ()
    return Node(
        code=code,
        title=title.text() if title else code,
        weight=weight,
        scale=used,
        agg="" if scale else at["agg"].one_of(AGGREGATIONS),
        children=kids,
        missing=_missing(at.find("missing")),
        not_applicable=_not_applicable(at),
        under_review=_under_review(at.find("under_review")),
        scale_to=_above_zero(at.find("scale_to")),
        points=_above_zero(at.find("points")),
        cap_by=_cap(at),
        rounding=_rounding(at.find("round")),
        required=_required_score(at, used),
        rows=rows_of(at, kids),
        default=said_of(at.find("default")),
        fine_tuned=_node(tuned, scales, ONE) if tuned and scale else None,
    )


def _check_kind(at: DocumentValue) -> None:
    """Refuse a node that is both a branch and a leaf, or neither."""
    children, scale = at.find("children"), at.find("scale")
    if children and scale:
        at.refuse("a node has children or a scale, not both")
    if not (children or scale or at.find("template")):
        at.refuse("a node needs “children” or a “scale”")


def _children(at: DocumentValue, scales: dict[str, DocumentValue]) -> tuple[Node, ...]:
    found = at.elements()
    weights = [child.find("weight") for child in found]
    nodes = []
    for child, weight in zip(found, weights, strict=True):
        if weight is None and any(weights):
            child.refuse("“weight” is missing, which its brothers have")
        if weight is not None and weight.number() < 0:
            weight.refuse("must not be less than zero")
        nodes.append(_node(child, scales, weight.number() if weight else ONE))
    return tuple(nodes)


def _scale(at: DocumentValue, scales: dict[str, DocumentValue], leaf: DocumentValue) -> Scale:
    name = at.text()
    if name not in scales:
        at.refuse(f"“{name}” is none of the scales {', '.join(scales)}")
    return scale_of(scales[name], leaf)


def _above_zero(at: DocumentValue | None) -> Fraction | None:
    if at is None:
        return None
    if at.number() <= 0:
        at.refuse("must be more than zero")
    return at.number()


def _missing(at: DocumentValue | None) -> Missing:
    if at is None:
        return Missing()
    if isinstance(at.value, dict):
        count = at["skip_min_count"]
        if set(at.value) != {"skip_min_count"} or count.whole() < 1:
            at.refuse('must be "skip", "zero", "null" or {"skip_min_count": n}, n from 1 on')
        return Missing("skip", count.whole())
    return Missing(at.one_of(POLICIES))


def _under_review(at: DocumentValue | None) -> str:
    return at.one_of(UNDER_REVIEW_POLICIES) if at is not None else "drop"


def _not_applicable(at: DocumentValue) -> str:
    found = at.find("not_applicable")
    if found is None:
        return "spread"
    policy = found.one_of(NOT_APPLICABLE_POLICIES)
    if policy == "leave" and at.value.get("agg") not in LEAVING:
        found.refuse(f"nothing can leave the ceiling of this node: only of {', '.join(LEAVING)}")
    return policy


def _rounding(at: DocumentValue | None) -> Rounding | None:
    if at is None or at.value == "none":
        return None
    mode = at.find("mode")
    if mode and mode.one_of((*MODES, "none")) == "none":
        return None
    digits = at["digits"].whole()
    if abs(digits) > MOST_DIGITS:
        at["digits"].refuse(f"must lie between -{MOST_DIGITS} and {MOST_DIGITS}")
    return Rounding(digits, mode.value if mode else "half_up")


def _required_score(at: DocumentValue, scale: Scale | None) -> Fraction | None:
    required = at.find("required")
    if required is None or isinstance(required.value, bool):
        return None
    if isinstance(required.value, str) and isinstance(scale, Options):
        found = [option.value for option in scale.options if option.code == required.value]
        return found[0] if found else required.refuse("is none of the options")
    return required.number()


def _cap(at: DocumentValue) -> str:
    cap = at.find("cap_by")
    if cap is None:
        return ""
    below = {code.value for code in codes_below(at)} - {at["code"].value}
    if cap.text() not in below:
        cap.refuse(f"“{cap.value}” is no node below this one")
    return cap.text()


def _check_codes(at: DocumentValue) -> None:
    counts: Counter[str] = Counter()
    for code in codes_below(at):
        counts[code.value] += 1
        if counts[code.value] > 1:
            code.refuse(f"“{code.value}” is the code of another node, too")


def _check_arithmetic(at: DocumentValue, root: Node) -> None:
    """Check what a node asks of its children that no child can see by itself."""
    nodes = {node.code: node for node in root.walk()}
    for place in nodes_below(at):
        node = nodes[place.value["code"]]
        if node.children and node.agg in WEIGHTED and not node.counted_children:
            place.refuse("every child has the weight 0")
        for child in node.children if node.agg in ("sum_points", "points_ratio") else ():
            if child.full is None or child.full <= 0:
                place.refuse(f"{child.code} needs “points”, or a scale with a maximum above zero")
