"""The JSON of the API as OpenAPI 3.0 describes it."""

from festival.places import Ranking

JsonObject = dict[str, object]
Schema = dict[str, object]
TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer"}
DECIMAL: Schema = {"type": "string", "format": "decimal"}
FLAG: Schema = {"type": "boolean"}


def object_of(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def nullable(schema: Schema) -> Schema:
    return schema | {"nullable": True}


def list_of(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


EDITION = object_of(
    year=NUMBER, edition=NUMBER, reason=TEXT, published_at=TEXT, digest=TEXT, data=TEXT
)
MISSING = object_of(error=TEXT | {"description": "what there is not"})
RANKINGS = [by.value for by in Ranking]
_RANKING: dict[str, Schema] = {
    "agency": TEXT,
    "name_fa": TEXT,
    "name_en": TEXT,
    "group": TEXT,
    "submitted": FLAG,
    "total": DECIMAL,
    "ceiling": DECIMAL,
    "band": TEXT,
    "values": object_of(**{by: nullable(DECIMAL) for by in RANKINGS}),
    "places": object_of(**{by: nullable(NUMBER) for by in RANKINGS}),
}
RANKING = object_of(**_RANKING)
YEARLY_RANKING = object_of(year=NUMBER, **_RANKING)
DAY: Schema = {"type": "string", "format": "date"}
CHANGE = object_of(
    kind=TEXT,
    effective_on=DAY,
    legal_basis=TEXT,
    letter=TEXT,
    dated_on=DAY,
    name_fa=TEXT,
    name_en=TEXT,
    successors=list_of(TEXT),
)
LINE = object_of(
    measure=TEXT,
    lineage=TEXT,
    title_fa=TEXT,
    title_en=TEXT,
    value=nullable(DECIMAL),
    ceiling=DECIMAL,
    state=TEXT,
    points=nullable(DECIMAL),
)
