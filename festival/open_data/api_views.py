"""Read-only JSON of what is published, and its description as OpenAPI: `/api/openapi.json`.

Addresses carry no language. Numbers with decimals are text, so that no place is lost. What is under
embargo does not exist here either. Whole tables stand in the open data (`files.py`); this
answers small questions.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import NamedTuple

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import InvalidPage, Page, Paginator
from django.db.models import Q
from django.http import HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from agencies.models import Agency
from cycles.engine.ledger import plain
from cycles.models import RegisterChange
from cycles.requests import PortalRequest
from festival.models import Edition, Standing
from festival.models.editions import PLACES, VALUES
from festival.open_data.rows import csv_text
from festival.open_data.schemas import (
    CHANGE,
    EDITION,
    LINE,
    MISSING,
    NUMBER,
    RANKING,
    TEXT,
    YEARLY_RANKING,
    JsonObject,
    Schema,
    list_of,
    nullable,
    object_of,
)
from festival.page_cache import cached_for_visitors
from festival.places import Ranking
from festival.ranking.history import frozen_scores
from submissions.models import Answer

PER_PAGE = 200


class NotPublished(Exception):
    """There is nothing of that name; the words say what."""


def _edition(request: PortalRequest, year: int) -> Edition:
    found = (
        Edition.objects.current(request.at).filter(cycle__year=year).select_related("cycle").first()
    )
    if found is None:
        raise NotPublished(f"no results of {year} are published")
    return found


def _agency(code: str) -> Agency:
    found = Agency.objects.filter(code__iexact=code).first()
    if found is None:
        raise NotPublished(f"there is no agency {code[:40]}")
    return found


# --- What is answered ---------------------------------------------------------------------------


def _edition_answer(edition: Edition) -> JsonObject:
    cycle = edition.cycle
    return {
        "year": cycle.year,
        "edition": edition.number,
        "reason": edition.reason,
        "published_at": plain(edition.publish_at),
        "digest": edition.digest,
        "data": f"/data/{cycle.year}/{edition.number}/",
    }


def _ranking_answer(standing: Standing) -> JsonObject:
    return {
        "agency": standing.participation.agency.code,
        "name_fa": standing.participation.name_fa,
        "name_en": standing.participation.name_en,
        "group": standing.group.code,
        "submitted": standing.submitted,
        "total": _number(standing.total),
        "ceiling": _number(standing.ceiling),
        "band": standing.band,
        "values": {by.value: _number(getattr(standing, VALUES[by])) for by in Ranking},
        "places": {by.value: getattr(standing, PLACES[by]) for by in Ranking},
    }


def _number(value: Decimal | None) -> str | None:
    return None if value is None else csv_text(value)


def editions(request: PortalRequest) -> JsonObject:
    """Every year's edition in force, the newest first."""
    return {
        "editions": [_edition_answer(e) for e in Edition.objects.current(request.at).for_list()]
    }


def edition(request: PortalRequest, year: int) -> JsonObject:
    """One year's edition in force."""
    return _edition_answer(_edition(request, year))


def rankings(request: PortalRequest, year: int) -> JsonObject:
    """The places of one year, by group and place; narrowed by `group` and `agency`, in pages of
    200.

    `next` is the address of the page that follows, none on the last; beyond it there is nothing.
    """
    rows = Standing.objects.filter(edition=_edition(request, year)).for_list()
    if group := request.GET.get("group"):
        rows = rows.filter(group__code=group)
    if agency := request.GET.get("agency"):
        rows = rows.filter(participation__agency__code__iexact=agency)
    pages = Paginator(rows, PER_PAGE)
    try:
        page = pages.page(request.GET.get("page") or 1)
    except InvalidPage as error:
        raise NotPublished(f"there is no such page; there are {pages.num_pages}") from error
    counted: JsonObject = {"page": page.number, "pages": pages.num_pages, "count": pages.count}
    counted["next"] = _next(request, page)
    return counted | {"rankings": [_ranking_answer(standing) for standing in page]}


def _next(request: PortalRequest, page: Page) -> str | None:
    """Return the address of the page after this one; none after the last."""
    if not page.has_next():
        return None
    asked = request.GET.copy()
    asked["page"] = str(page.next_page_number())
    return f"{request.path}?{asked.urlencode()}"


def agency(request: PortalRequest, code: str) -> JsonObject:
    """One agency with what became of it and its places in every published
    year, the newest first.
    """
    found = _agency(code)
    said = {"agency": found.code, "name_fa": found.name_fa, "name_en": found.name_en}
    changes = RegisterChange.objects.in_force().filter(agency=found).for_list()
    return said | {
        "changes": [_change_answer(change) for change in changes],
        "results": [
            {"year": s.edition.cycle.year} | _ranking_answer(s)
            for s in Standing.objects.over_the_years(found, request.at)
        ],
    }


def _change_answer(change: RegisterChange) -> JsonObject:
    return {
        "kind": change.kind,
        "effective_on": change.effective_on.isoformat(),
        "legal_basis": change.legal_basis,
        "letter": change.letter,
        "dated_on": change.dated_on.isoformat(),
        "name_fa": change.name_fa,
        "name_en": change.name_en,
        "successors": [successor.code for successor in change.successors.all()],
    }


def lines(request: PortalRequest, year: int, code: str) -> JsonObject:
    """Every line of one agency in one year, with the score on which the edition rests."""
    found, of = _edition(request, year), _agency(code)
    answers = Answer.objects.filter(
        submission__cycle=found.cycle, submission__agency=of, submission__state="communicated"
    )
    scores = frozen_scores([found], Q(answer__submission__agency=of))
    rows = [
        {
            "measure": a.measure.code,
            "lineage": str(a.measure.lineage),
            "title_fa": a.measure.title_fa,
            "title_en": a.measure.title_en,
            "value": _number(a.value),
            "ceiling": _number(a.measure.points),
            "state": scores[a.pk].state,
            "points": _number(scores[a.pk].points),
        }
        for a in answers.select_related("measure").order_by("measure__code", "pk")
        if a.pk in scores
    ]
    return {"year": year, "edition": found.number, "agency": of.code, "lines": rows}


# --- The endpoints and their description --------------------------------------------------------


class Endpoint(NamedTuple):
    """One address: how it is written in Django and in OpenAPI, what answers, what may be asked,
    what is answered.
    """

    route: str
    template: str
    read: Callable[..., JsonObject]
    query: Iterable[tuple[str, Schema, str]]
    answer: Schema


ENDPOINTS = (
    Endpoint("editions/", "/api/editions/", editions, (), object_of(editions=list_of(EDITION))),
    Endpoint("editions/<int:year>/", "/api/editions/{year}/", edition, (), EDITION),
    Endpoint(
        "editions/<int:year>/rankings/",
        "/api/editions/{year}/rankings/",
        rankings,
        (
            ("group", TEXT, "code of a group"),
            ("agency", TEXT, "code of an agency"),
            ("page", NUMBER, "from 1"),
        ),
        object_of(
            page=NUMBER, pages=NUMBER, count=NUMBER, next=nullable(TEXT), rankings=list_of(RANKING)
        ),
    ),
    Endpoint(
        "agencies/<str:code>/",
        "/api/agencies/{code}/",
        agency,
        (),
        object_of(
            agency=TEXT,
            name_fa=TEXT,
            name_en=TEXT,
            changes=list_of(CHANGE),
            results=list_of(YEARLY_RANKING),
        ),
    ),
    Endpoint(
        "editions/<int:year>/agencies/<str:code>/lines/",
        "/api/editions/{year}/agencies/{code}/lines/",
        lines,
        (),
        object_of(year=NUMBER, edition=NUMBER, agency=TEXT, lines=list_of(LINE)),
    ),
)
IN_PATH: dict[str, Schema] = {"year": NUMBER, "code": TEXT}


def description() -> JsonObject:
    """Describe the endpoints as OpenAPI 3.0."""
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "Published results of the annual performance assessment",
            "version": "1",
            "description": "Read-only. Decimals are strings. Whole tables stand under /data/.",
            "license": {"name": "CC BY 4.0"},
        },
        "paths": {endpoint.template: {"get": _operation(endpoint)} for endpoint in ENDPOINTS},
    }


def _operation(endpoint: Endpoint) -> JsonObject:
    inside = [name for name in IN_PATH if f"{{{name}}}" in endpoint.template]
    parameters = [{"name": n, "in": "path", "required": True, "schema": IN_PATH[n]} for n in inside]
    parameters += [
        {"name": n, "in": "query", "schema": s, "description": about}
        for n, s, about in endpoint.query
    ]
    content = {"application/json": {"schema": endpoint.answer}}
    return {
        "operationId": endpoint.read.__name__,
        "summary": (endpoint.read.__doc__ or "").strip().partition("\n")[0],
        "parameters": parameters,
        "responses": {
            "200": {"description": "found", "content": content},
            "404": {
                "description": "there is nothing of that name, or it is not published",
                "content": {"application/json": {"schema": MISSING}},
            },
        },
    }


def _view(endpoint: Endpoint) -> Callable[..., HttpResponse]:
    @login_not_required
    @require_safe
    @cached_for_visitors
    def answer(request: PortalRequest, **found: int | str) -> HttpResponse:
        options = {"ensure_ascii": False}
        try:
            return JsonResponse(endpoint.read(request, **found), json_dumps_params=options)
        except NotPublished as gone:
            return JsonResponse({"error": str(gone)}, status=404, json_dumps_params=options)

    return answer


@login_not_required
@require_safe
def openapi(request: PortalRequest) -> HttpResponse:
    return JsonResponse(description())


urlpatterns: list[URLPattern] = [
    path("openapi.json", openapi, name="api_openapi"),
    *(
        path(endpoint.route, _view(endpoint), name=f"api_{endpoint.read.__name__}")
        for endpoint in ENDPOINTS
    ),
]
