"""The workspace: an agency's lines by axis, one of them open to be filled
in, saved field by field.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.forms.boundfield import BoundField
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from agencies.models import User
from agencies.persian import language
from agencies.statements import Statement, slot
from cycles.calendar import Phase
from cycles.models import Cycle, Window
from cycles.requests import PortalRequest
from cycles.ui.pages import page_or_part
from cycles.workflow import Refused
from indicators.models import Axis, Figure
from indicators.scoring.methods import METHODS
from indicators.scoring.statutory_tree import Node, total
from submissions import completeness, outliers
from submissions.answers import actions
from submissions.answers.forms import AnswerForm, CommentForm, FactorForm
from submissions.answers.line_views import share_out_form
from submissions.completeness import Lack
from submissions.evidence import views as evidence_views
from submissions.evidence.queries import files_of_line
from submissions.lookups import find, find_line, line_url
from submissions.models import Answer, ExternalFactor, LineComment, Submission
from submissions.outliers import Against, Past
from submissions.scoring.explanation import own_line
from submissions.scoring.queries import own_sums
from submissions.workflow import MOVES

SHOWN = ("missing", "mine", "unready")
"""How the lines may be narrowed."""

# Moves that have a page of their own, on which they are confirmed.
PAGES = ("submit", "withdraw", "check", "send_back", "communicate")


# --- The lines ----------------------------------------------------------------------------------


@dataclass
class WorkspaceLine:
    """A line as the list shows it: with its last year, and what it lacks in words."""

    answer: Answer
    past: Past | None

    @property
    def lacking(self) -> list[Lack]:
        return [Lack(code) for code in self.answer.lacking]


@dataclass
class AxisGroup:
    """The lines of one axis, with what they add up to."""

    axis: Axis
    rows: list[WorkspaceLine]
    node: Node

    @property
    def lines(self) -> list[Answer]:
        return [row.answer for row in self.rows]

    @property
    def done(self) -> int:
        return sum(1 for a in self.lines if not a.lacking)


def by_axis(
    answers: Iterable[Answer], cycle: Cycle, past: dict[UUID, list[Past]] | None = None
) -> tuple[list[AxisGroup], Node]:
    """Group lines by axis with the points of the agency's own values, and add them up."""
    axes: dict[Axis, list[WorkspaceLine]] = {}
    lines_of_tree = []
    for a in answers:
        earlier = (past or {}).get(a.measure.lineage)
        axes.setdefault(a.measure.indicator.axis, []).append(
            WorkspaceLine(a, earlier[0] if earlier else None)
        )
        lines_of_tree.append(own_line(a))
    result = total(lines_of_tree, spread=cycle.spreads_points)
    groups = [
        AxisGroup(axis, rows, result.nodes[(axis.set.kind, axis.code)])
        for axis, rows in axes.items()
    ]
    return groups, result.total


@dataclass
class Progress:
    """How far a self-assessment is: the same numbers on every page."""

    answers: list[Answer]

    def __post_init__(self) -> None:
        self.done, self.whole = completeness.progress(self.answers)
        self.counts: Counter[str] = Counter()
        for answer in self.answers:
            self.counts.update(answer.lacking)
        self.missing = self.whole - self.done
        self.ready = sum(1 for a in self.answers if a.ready_at and not a.measure.is_stewarded)

    @property
    def lacks(self) -> list[tuple[Lack, int]]:
        """What is missing, with how many lines lack it."""
        return [(lack, self.counts[lack.value]) for lack in Lack if self.counts[lack.value]]


def _is_shown(answer: Answer, show: str, user: User) -> bool:
    match show:
        case "missing":
            return bool(answer.lacking)
        case "mine":
            return answer.assignee_id == user.pk
        case "unready":
            return not answer.ready_at and not answer.measure.is_stewarded
    return True


LINES = Statement(
    lambda: (
        Answer.objects.filter(submission=slot("submission")).for_page().select_related("assignee")
    )
)


def _lines(submission: Submission) -> list[Answer]:
    lines = LINES.fetch(submission=submission.pk)
    for line in lines:
        line.submission = submission
    return lines


def workspace(
    request: PortalRequest,
    submission: Submission,
    opened: int | None,
    form: AnswerForm | None = None,
) -> dict[str, object]:
    """Collect what the workspace shows, with one line opened."""
    windows = Window.objects.concerning([submission])
    moves = MOVES.open_to(submission, by=request.user, at=request.at, windows=windows)
    answers = _lines(submission)
    past = outliers.history(submission)
    groups, whole = by_axis(answers, submission.cycle, past)
    show = request.GET.get("show", "")
    show = show if show in SHOWN else ""
    opened_line = next((a for a in answers if a.pk == opened), None)
    shown = {a.pk for a in answers if _is_shown(a, show, request.user) or a == opened_line}
    acts = {m.name for m in moves}
    context: dict[str, object] = {
        "submission": submission,
        "moves": [m for m in moves if m.name in PAGES],
        "acts": acts,
        "closed": MOVES.why_not(
            submission, MOVES["answer"], by=request.user, at=request.at, windows=windows
        ),
        "deadline": windows.of(Phase.SELF_ASSESSMENT, submission),
        "groups": groups,
        "total": whole,
        "progress": Progress(answers),
        "show": show,
        "shown": shown,
        "opened": opened_line,
        "next_missing": _next_missing(answers, opened_line),
        "share_out": share_out_form(request, submission, [g.axis for g in groups])
        if "answer" in acts
        else None,
    }
    if opened_line is not None:
        past_of_line = past.get(opened_line.measure.lineage, [])
        context |= _open_line(request, opened_line, past_of_line, form)
        context |= _beside(answers, opened_line, shown)
        files = files_of_line(opened_line.pk)
        context |= evidence_views.drawer(opened_line, acts, files)
        context["factor_form"] = FactorForm(files=files)
    return context


QUARTERS = Statement(lambda: Figure.objects.of_line(slot("participation"), slot("measure")))


def _open_line(
    request: PortalRequest, answer: Answer, past: list[Past], form: AnswerForm | None = None
) -> dict[str, object]:
    """Collect what the open line shows besides itself."""
    factors = list(
        ExternalFactor.objects.filter(answer=answer).live().prefetch_related("evidence__document")
    )
    comments = LineComment.objects.visible_to(request.user, request.at).for_line(answer)
    return outcome(answer, form or AnswerForm(answer=answer)) | {
        "method": METHODS[answer.measure.method],
        "asks_analysis": completeness.asks_analysis(answer, answer.submission.cycle),
        "quarters": QUARTERS.fetch(
            participation=answer.submission.participation_id, measure=answer.measure_id
        ),
        "past": past,
        "factors": factors,
        "comments": comments,
        "comment_form": CommentForm(),
    }


def outcome(answer: Answer, form: AnswerForm) -> dict[str, object]:
    """Collect what the method makes of the line, what stands out, and the tokens of what the writer
    has now seen.
    """
    m = answer.measure
    return {
        "opened": answer,
        "form": form,
        "formula": METHODS[m.method].explain(
            answer.value, m.points, answer.scoring_params, language()
        ),
        "standing_out": [Against(code) for code in answer.outliers],
        "seen": form.seen_after(answer),
    }


def _beside(answers: list[Answer], opened: Answer, shown: set[int]) -> dict[str, object]:
    """Find the lines before and after the open one, of those that are shown."""
    keys = [a.pk for a in answers if a.pk in shown]
    place = keys.index(opened.pk)
    return {
        "previous": keys[place - 1] if place else None,
        "following": keys[place + 1] if place + 1 < len(keys) else None,
    }


def _next_missing(answers: list[Answer], opened: Answer | None) -> Answer | None:
    """Find the first line after the open one, or else from the top, that lacks something."""
    place = answers.index(opened) + 1 if opened else 0
    return next(
        (a for a in [*answers[place:], *answers[:place]] if a.lacking and a != opened), None
    )


def number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() else None


@require_safe
def detail(request: PortalRequest, pk: int) -> HttpResponse:
    submission = find(request, pk)
    context = workspace(request, submission, number(request.GET.get("line")))
    return page_or_part(request, "submissions/answers/workspace.html", "workspace", context)


# --- Saving a line ------------------------------------------------------------------------------


@require_POST
def answer_save(request: PortalRequest, pk: int) -> HttpResponse:
    """Save what was changed of a line.

    By htmx: 200 with the outcome, 422 with what is wrong, 409 with both texts where a colleague was
    faster.
    """
    answer = find_line(request, pk)
    form = AnswerForm(request.POST, answer=answer)
    saved = _save(request, answer, form)
    if saved is None:
        return _not_saved(request, find_line(request, pk), form)
    if not request.htmx:
        return redirect(line_url(answer))
    if form.takes_theirs:
        return HttpResponse(headers={"HX-Refresh": "true"})
    sums = own_sums(saved.submission)
    context = outcome(saved, form) | {
        "submission": saved.submission,
        "saved_at": request.at,
        "progress": sums,
        "total": sums.total,
        "next_missing": sums.next_missing(pk),
        "show": "",
        "clashes": (),
    }
    response = render(request, "submissions/answers/saved.html", context, using="fragments")
    return trigger_client_event(response, "kept", {"line": pk})


def _save(request: PortalRequest, answer: Answer, form: AnswerForm) -> Answer | None:
    """Save a line and answer with it as it now stands; None where the form says why not."""
    if not form.is_valid():
        return None
    try:
        return actions.save_answer(
            answer, by=request.user, at=request.at, seen=form.seen, **form.values
        )
    except actions.AnswerChanged as clash:
        form.clashing = clash.fields
        form.add_error(None, str(clash))
    except Refused as refusal:
        form.add_error(None, str(refusal))
    return None


def _not_saved(request: PortalRequest, answer: Answer, form: AnswerForm) -> HttpResponse:
    """Show what was typed, with why it was not saved; where a colleague was faster, both texts to
    choose from.
    """
    clashes = [Clash(form[name], answer) for name in form.clashing]
    status = 409 if clashes else 422
    if request.htmx:
        context = outcome(answer, form) | {"clashes": clashes, "saved_at": None}
        template = "submissions/answers/outcome.html"
        return render(request, template, context, status=status, using="fragments")
    context = workspace(request, answer.submission, answer.pk, form) | {"clashes": clashes}
    return render(request, "submissions/answers/workspace.html", context, status=status)


@dataclass(frozen=True)
class Clash:
    """One field that two people wrote at once: what is typed, and what the other has saved
    meanwhile.
    """

    bound: BoundField
    answer: Answer

    @property
    def theirs(self) -> object:
        held = getattr(self.answer, self.bound.name)
        return self.bound.field.prepare_value(held)

    @property
    def token(self) -> str:
        return self.answer.token(self.bound.name)
