"""Benches of the workspace: the page of a self-assessment of seventy measures, and the saving of
one line.
"""

from typing import Any
from unittest.mock import Mock, patch

from django.db.models import Max
from django.template.loader import render_to_string
from django.utils import translation

from agencies.models import Membership, User
from agencies.roles import Role
from indicators.models import Measure
from submissions import completeness
from submissions.answers import forms as answers_forms
from submissions.answers import views as answers_views
from submissions.lookups import find
from submissions.models import Answer, Submission
from tests.bench import client_of, medians_of, queries_of, request_of, row

MEASURES = 70


def workspace_page(at: Any) -> dict[str, Any]:
    """The workspace with one line open; floor: the same page with the same rows from constants."""
    submission, user = _seventy()
    opened = _middle(submission).pk
    client = client_of(user)
    address = f"/fa/submissions/{submission.pk}/?line={opened}"

    def page() -> str:
        response = client.get(address)
        assert response.status_code == 200
        return response.content.decode()

    with translation.override("fa"):
        request = request_of(user, at, address)
        held = find(request, submission.pk)
        context = answers_views.workspace(request, held, opened)
        constants = {key: _evaluated(value) for key, value in context.items()}

        def bare() -> str:
            with patch.multiple(
                answers_views, find=Mock(return_value=held), workspace=Mock(return_value=constants)
            ):
                return page()

        html = page()
        for answer in submission.answers.for_page():
            assert f'id="line-{answer.pk}"' in html
            assert f'id="line-{answer.pk}"' in bare()
        queries = queries_of(page)
        value, floor = medians_of(page, bare)
    return row(value, floor, "lower", "ms", queries, f"{MEASURES} measures, one open")


def answer_save(at: Any) -> dict[str, Any]:
    """One field of a line saved by htmx; floor: its answer rendered from constants and the bare
    UPDATE of the row.
    """
    submission, user = _seventy()
    answer = _middle(submission)
    client, address = client_of(user), f"/fa/submissions/lines/{answer.pk}/answer/"
    notes = iter(range(10**6))

    def save() -> None:
        held = Answer.objects.get(pk=answer.pk)
        told = client.post(
            address,
            {"note": f"{next(notes)}", "seen_note": held.token("note")},
            headers={"HX-Request": "true"},
        )
        assert told.status_code == 200, told.content.decode()

    save()
    with translation.override("fa"):
        request = request_of(user, at, address)
        saved = list(submission.answers.for_page().with_counts())
        line = next(a for a in saved if a.pk == answer.pk)
        _groups, whole = answers_views.by_axis(saved, submission.cycle)
        form = answers_forms.AnswerForm(answer=line)
        progress = answers_views.Progress(saved)
        context = answers_views.outcome(line, form) | {
            "saved_at": at,
            "progress": progress,
            "total": whole,
        }
        context |= {"submission": submission, "next_missing": line, "show": "", "clashes": ()}

        def bare() -> None:
            Answer.objects.filter(pk=answer.pk).update(note=f"{next(notes)}")
            render_to_string(
                "submissions/answers/saved.html", context, request=request, using="fragments"
            )

        queries = queries_of(save) - 1  # the one by which the bench itself reads the line
        value, floor = medians_of(save, bare)
    return row(value, floor, "lower", "ms", queries, f"{MEASURES} measures")


def _seventy() -> tuple[Submission, User]:
    """A self-assessment in work with so many lines, and one of its staff."""
    submission = Submission.objects.in_work().select_related("agency", "cycle").order_by("pk")[0]
    staff = (
        Membership.objects.filter(agency=submission.agency_id, role=Role.STAFF)
        .select_related("user")[0]
        .user
    )
    last = submission.answers.for_page().select_related("measure__indicator").last()
    assert last is not None
    for number in range(submission.answers.count(), MEASURES):
        measure = Measure.objects.get(pk=last.measure_id)
        measure.pk, measure.code, measure.lineage = (
            None,
            f"X-{number}",
            Measure._meta.get_field("lineage").get_default(),
        )
        measure.position = number
        measure.save()
        Answer.objects.create(submission=submission, measure=measure, lacking=["value"])
    completeness.recount(submission.cycle, list(submission.answers.all()))
    assert submission.answers.count() == MEASURES
    assert submission.answers.aggregate(last=Max("pk"))["last"]
    return submission, staff


def _middle(submission: Submission) -> Answer:
    """A line amid the others that the agency fills in."""
    return next(a for a in list(submission.answers.for_page())[10:] if not a.measure.is_stewarded)


def _evaluated(value: Any) -> Any:
    return list(value) if hasattr(value, "_fetch_all") else value
