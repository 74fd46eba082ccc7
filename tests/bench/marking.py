"""Benches of the assessors' desk among 400 agencies with some 90 measures each: the page of a block
of thirteen lines, one mark saved, and thirteen at once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import Mock, patch

from django.template.loader import render_to_string
from django.test import override_settings
from django.utils import timezone, translation

from cycles.calendar import Phase
from cycles.models import Window
from submissions.marking import desk
from submissions.marking import views as marking_views
from submissions.models import Answer, Block
from tests.bench import client_of, medians_of, queries_of, request_of, row
from tests.worlds.bench import on_desks

AGENCIES, AXES, LINES = 400, 7, 13


def marking_page(at: Any) -> dict[str, Any]:
    """A block of thirteen lines; floor: the same page with the same rows from constants."""
    with _thirteen() as (block, at):
        return _page_of(block, at)


def _page_of(block: Block, at: Any) -> dict[str, Any]:
    client, address = client_of(block.assessor), f"/fa/submissions/blocks/{block.pk}/"

    def page() -> str:
        response = client.get(address)
        assert response.status_code == 200
        return response.content.decode()

    with translation.override("fa"):
        request = request_of(block.assessor, at, address)
        held = marking_views._block(request, block.pk)
        lines = desk.with_files(desk.desk_lines(held))
        context = marking_views._page(request, held, lines)

        def bare() -> str:
            known = {
                name: Mock(return_value=value)
                for name, value in _known(held, lines, context).items()
            }
            with patch.multiple(marking_views, **known):
                return page()

        assert page().count("data-line=") == bare().count("data-line=") == LINES
        queries = queries_of(page)
        value, floor = medians_of(page, bare)
    return row(value, floor, "lower", "ms", queries, f"{LINES} lines of {AGENCIES * AXES * LINES}")


def _known(block: Block, lines: list[Any], context: dict[str, Any]) -> dict[str, Any]:
    return {"_block": block, "desk_lines": lines, "with_files": lines, "_page": context}


def mark_save(at: Any) -> dict[str, Any]:
    """One line agreed to by htmx; floor: the bare UPDATE of the mark and the line rendered from
    constants.
    """
    with _thirteen() as (block, now):
        return _saving(block, now, at_once=1)


def marks_save_13(at: Any) -> dict[str, Any]:
    """Thirteen lines saved at once; floor: the bare UPDATE of each mark."""
    with _thirteen() as (block, now):
        return _saving(block, now, at_once=LINES)


def _saving(block: Block, at: Any, *, at_once: int) -> dict[str, Any]:
    client, address = client_of(block.assessor), f"/fa/submissions/blocks/{block.pk}/marks/"
    answers = list(Answer.objects.on_desk(block).for_page())
    points = iter(range(10**6))

    def save() -> None:
        given = {"points": f"0.{next(points):05}", "reason": "because"}
        data = {f"{a.pk}-{name}": text for a in answers[:at_once] for name, text in given.items()}
        headers = {"HX-Request": "true"} if at_once == 1 else {}
        told = client.post(
            address, data | ({"only": answers[0].pk} if at_once == 1 else {}), headers=headers
        )
        assert told.status_code == (200 if at_once == 1 else 302), told.content.decode()

    save()
    with translation.override("fa"):
        request = request_of(block.assessor, at, address)
        held = marking_views._block(request, block.pk)
        lines = desk.desk_lines(held)
        context = marking_views._page(request, held, lines) | {
            "line": lines[0],
            "saved_at": at,
            "show": "",
        }

        def bare() -> None:
            for line in lines[:at_once]:
                type(line.mark).objects.filter(pk=line.mark.pk).update(
                    points=Decimal(next(points)) / 10**5
                )
            if at_once == 1:
                render_to_string("submissions/marking/marked.html", context, request=request)

        queries = queries_of(save)
        value, floor = medians_of(save, bare)
    return row(
        value,
        floor,
        "lower",
        "ms",
        queries,
        f"{at_once} of {LINES} lines of {AGENCIES * AXES * LINES}",
    )


@contextmanager
def _thirteen() -> Iterator[tuple[Block, datetime]]:
    """A block of thirteen marked lines among those of 400 agencies with 90 measures each, a day
    into scoring.
    """
    with on_desks(AGENCIES, AXES, LINES, timezone.now()) as cycle:
        block = (
            Block.objects.filter(cycle=cycle)
            .select_related("assessor", "cycle")
            .order_by("pk")[AGENCIES]
        )
        at = Window.objects.get(cycle=cycle, phase=Phase.SCORING).opens_at + timedelta(days=1)
        with override_settings(
            CLOCK_OFFSET=timedelta(seconds=int((at - timezone.now()).total_seconds()))
        ):
            yield block, at
