"""What an act is tried on: values that are typed, lines and files, and all that must stand there before."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from indicators.exchange import actions as exchange
from submissions.models import Answer, Document, Evidence, Submission, Upload
from tests.factories import World, enter_figures, lay_plan, shown
from tests.worlds.answers import (
    apart,
    complete_line,
    declare,
    exhibit,
    factor,
    given,
    power_line,
    proposed,
    review_task,
    signed_version,
    to_verify,
)
from tests.worlds.awards import award, category, ceremony, out_at_once, ranked, shifted
from tests.worlds.hearings import attachment, held_file, question
from tests.worlds.institution import (
    empty_axis,
    goal,
    health_set,
    last_year,
    meeting,
    part,
    returned_suggestion,
    second_year,
)

FILE = {"file_name": "a.csv", "sha256": "0" * 64}


def measure_fields() -> dict[str, Any]:
    titles = {
        "title_fa": "تازه",
        "title_en": "New",
        "unit_fa": "درصد",
        "unit_en": "percent",
        "params": {},
    }
    return {
        **titles,
        "points": Decimal(10),
        "method": "linear",
        "direction": "higher",
        "target": Decimal(5),
    }


def content() -> exchange.Content:
    """The one measure of a file."""
    tier = {"code": "S1", "title_fa": "تازه", "title_en": "", "points": Decimal(1000)}
    return exchange.Content(
        tier, tier, None, measure_fields() | {"code": "S1-01", "points": Decimal(1000)}, None, None
    )


def file_of_line(w: World) -> Evidence:
    return Evidence.objects.filter(answer=power_line(w)).first() or shown(w, power_line(w))


def file_of_another_line(w: World) -> Document:
    other = (
        Answer.objects.exclude(pk=power_line(w).pk)
        .filter(submission=w.submission)
        .order_by("pk")
        .first()
    )
    return Document.objects.first() or shown(w, other).document


def upload_of_line(w: World) -> Upload:
    """One whose last piece has come in."""
    facts = {"by": w.staff, "name": "x.txt", "length": 1, "begun_at": w.at}
    return Upload.objects.get_or_create(answer=power_line(w), defaults=facts)[0]


def line_of_desk(w: World) -> Answer:
    of_desk = Answer.objects.on_desk(w.block)
    return of_desk.with_submission().order_by("pk").first()


def marks(w: World) -> dict[int, dict[str, Any]]:
    lines = Answer.objects.on_desk(w.block)
    return {a.pk: {"points": Decimal(1), "reason": "because"} for a in lines}


def unit_of_power(w: World) -> Submission:
    return Submission.objects.get(cycle=w.cycle, agency=w.unit)


PREPARED: dict[str, Callable[[World], Any]] = {
    "indicators.remove_axis": empty_axis, "indicators.remove_goal": goal, "indicators.rank_goals": goal,
    "indicators.copy_set": last_year, "indicators.take_measure": last_year, "indicators.carry_over": second_year,
    "indicators.take_share": lambda w: (health_set(w), part(w)), "indicators.take_suggestion": returned_suggestion,
    "indicators.minute": meeting, "indicators.cancel": meeting, "indicators.convene": meeting,
    "indicators.move_plan": lambda w: lay_plan(w, signed=False), "indicators.save_figures": lay_plan,
    "indicators.move_report": lambda w: (lay_plan(w), enter_figures(w)),
    "appeals.reply": question, "appeals.refer": held_file, "appeals.detach": attachment,
    "submissions.take_up": signed_version, "submissions.withdraw_factor": factor, "submissions.judge_factor": factor,
    "submissions.hand_over": to_verify, "submissions.note": to_verify, "submissions.show": to_verify,
    "submissions.take_back": exhibit, "submissions.conclude": to_verify, "submissions.close": review_task,
    "submissions.propose": apart, "submissions.agree": proposed, "submissions.settle": apart,
    "submissions.mark_ready": complete_line, "submissions.supply": given,
    "submissions.finish_upload": upload_of_line, "submissions.reuse": file_of_another_line,
    "submissions.refer": file_of_line, "submissions.detach": file_of_line,
    "submissions.judge_declaration": declare,
    "festival.minute": ceremony, "festival.propose": ranked,
    "festival.put_forward": lambda w: (ceremony(w), category(w)),
    "festival.strike": lambda w: award(w, "proposed"), "festival.decide": lambda w: award(w, "proposed"),
    "festival.withdraw": award, "festival.confirm": shifted, "festival.revoke": out_at_once,
}  # fmt: skip
"""What must stand there before an action is tried, so that the trying itself changes nothing."""
Call = Callable[[World, Any], Any]
