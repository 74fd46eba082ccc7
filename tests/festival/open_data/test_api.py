"""The read-only JSON of what is published: described, true to its description, and silent under
embargo.
"""

from datetime import timedelta

import pytest
from django.core.cache import cache

from festival.models import Standing
from festival.open_data import api_views

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept():
    cache.clear()


@pytest.fixture
def out(published, clock):
    clock(published.at + timedelta(minutes=1))
    return published


def asked(endpoint, world):
    return endpoint.template.format(year=world.cycle.year, code=world.power.code)


def faults(value, schema, where="answer"):
    """Where an answer is not as OpenAPI describes it."""
    if value is None:
        return [] if schema.get("nullable") else [f"{where} is null"]
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}
    if not isinstance(value, kinds[schema["type"]]):
        return [f"{where} is no {schema['type']}"]
    if schema["type"] == "array":
        return [
            f
            for n, item in enumerate(value)
            for f in faults(item, schema["items"], f"{where}[{n}]")
        ]
    if schema["type"] == "object":
        if set(value) != set(schema["properties"]):
            return [f"{where} has {sorted(value)}"]
        return [
            f
            for name, of in schema["properties"].items()
            for f in faults(value[name], of, f"{where}.{name}")
        ]
    return []


def test_each_endpoint_answers_as_it_is_described(out, client):
    described = client.get("/api/openapi.json").json()["paths"]
    assert set(described) == {endpoint.template for endpoint in api_views.ENDPOINTS}
    for endpoint in api_views.ENDPOINTS:
        response = client.get(asked(endpoint, out))

        answer = described[endpoint.template]["get"]["responses"]["200"]
        assert response.status_code == 200
        assert faults(response.json(), answer["content"]["application/json"]["schema"]) == []
        assert response["Content-Type"] == "application/json"


def test_nothing_of_a_year_is_told_before_its_moment(scheduled, client, clock):
    clock(scheduled.edition.publish_at - timedelta(minutes=1))
    for endpoint in api_views.ENDPOINTS:
        response = client.get(asked(endpoint, scheduled))

        told = response.json()
        assert response.status_code == 404 or told.get("editions", told.get("results")) == []
        assert scheduled.edition.digest not in response.content.decode()


def test_rankings_say_what_the_standings_say(out, client):
    year, standing = (
        out.cycle.year,
        Standing.objects.get(participation__agency=out.power, edition=out.edition),
    )

    told = client.get(f"/api/editions/{year}/rankings/?agency={out.power.code.lower()}").json()

    [row] = told["rankings"]
    assert told["count"] == 1
    assert row["places"]["total"] == standing.place
    assert row["values"]["total"] == format(standing.percent.normalize(), "f")
    assert row["places"]["growth"] is None


def test_what_is_not_there_is_said_in_json(out, client):
    assert client.get("/api/editions/1300/").json() == {"error": "no results of 1300 are published"}
    assert client.get("/api/agencies/NOBODY/").status_code == 404


def test_the_lines_are_those_of_the_open_data(out, client):
    told = client.get(f"/api/editions/{out.cycle.year}/agencies/{out.power.code}/lines/").json()

    states = {line["measure"]: line["state"] for line in told["lines"]}
    assert states["G1-1"] == "scored"
    assert all(
        (line["points"] is not None) == (line["state"] == "scored") for line in told["lines"]
    )
