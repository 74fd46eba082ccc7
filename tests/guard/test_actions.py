"""Every public action called with its window closed refuses and changes nothing; a new one must
stand here.
"""

import inspect
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from cycles.calendar import Phase
from cycles.models import Entry
from cycles.workflow import Refused
from tests.factories import ask, build
from tests.guard.acts.calls_of_results import CALLS_OF_RESULTS
from tests.guard.acts.calls_of_self_assessments import CALLS_OF_SELF_ASSESSMENTS, hand_in_all_marks
from tests.guard.acts.calls_of_sets import CALLS_OF_SETS
from tests.guard.acts.preparations import PREPARED
from tests.guard.acts.public_acts import APPS, act_modules, public_actions
from tests.guard.acts.without_window import ANYTIME, READS

MICROSECOND = timedelta(microseconds=1)
HARD = (Phase.PROPOSAL, Phase.MONITORING, Phase.SELF_ASSESSMENT, Phase.CLARIFICATION, Phase.APPEAL)
CALLS = {**CALLS_OF_SETS, **CALLS_OF_SELF_ASSESSMENTS, **CALLS_OF_RESULTS}
"""Each guarded action: the stage at which it is the next thing to do, its phase, and the call."""


def test_every_public_action_is_named_here() -> None:
    assert public_actions() == READS | set(ANYTIME) | set(CALLS)


def test_every_public_action_is_atomic_and_takes_who_and_when_by_keyword() -> None:
    wrong = []
    for name in sorted(set(CALLS) - {"festival.publish_due"}):
        app, function = name.split(".")
        found = [
            getattr(module, function) for module in act_modules(app) if hasattr(module, function)
        ]
        parameters = inspect.signature(found[0]).parameters
        for wanted in {"by", "at"} - ({"by"} if name == "submissions.lapse" else set()):
            if (
                wanted not in parameters
                or parameters[wanted].kind != inspect.Parameter.KEYWORD_ONLY
            ):
                wrong.append(f"{name}: {wanted}")
    assert wrong == []


def snapshot() -> dict[str, Any]:
    """Every row of the portal's own tables, as text."""
    tables = [t for t in connection.introspection.table_names() if t.split("_")[0] in APPS]
    with connection.cursor() as cursor:
        rows = {}
        for table in tables:
            cursor.execute(
                f"SELECT md5(COALESCE(string_agg(t::text, '|' ORDER BY t::text), '')) FROM "
                f'"{table}" t'
            )
            rows[table] = cursor.fetchone()[0]
    return rows


MAKES_ITS_REPORT = {"festival.approve_report", "festival.cancel_report", "festival.deliver"}


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(CALLS))
def test_an_act_is_refused_before_its_window_a_hard_one_after_and_nothing_changes(
    name: str,
) -> None:
    stage, phase, call = CALLS[name]
    world = build(stage)
    PREPARED.get(name, lambda w: None)(world)
    if name == "submissions.hand_in":
        with pytest.raises(Refused):
            hand_in_all_marks(world, world.opens(phase) - MICROSECOND)
    own = world.power if phase in (Phase.APPEAL, Phase.APPEAL_REVIEW, Phase.CLARIFICATION) else None
    if name == "submissions.reply":
        ask(world)
    moments = [world.opens(phase, own) - MICROSECOND]
    if phase in HARD:
        moments += [world.closes(phase, own), world.closes(phase, own) + timedelta(days=400)]
    for at in moments:
        before = snapshot() if name not in MAKES_ITS_REPORT else None

        with pytest.raises(Refused, match=r"opens on|closed on"):
            call(world, at)

        if before is not None:
            assert snapshot() == before
    at = max(world.opens(phase, own), world.at)
    rows = Entry.objects.count()
    call(world, at if name != "festival.publish_due" else world.edition.publish_at)
    assert Entry.objects.count() > rows or name.split(".")[1] in {
        "draft_set", "save_measure", "remove_measure", "fill_general_set", "save_answer", "save_answers", "save_marks",
        "save_draft", "save_axis", "remove_axis", "save_goal", "remove_goal", "issue_for", "copy_set", "take_measure",
        "share", "take_share", "import_measures", "comment", "rank_goals", "take_suggestion", "save_plan",
        "save_figures", "enter", "share_out", "mark_ready", "claim_factor", "withdraw_factor",
        "begin_upload", "refer", "save_declaration", "note", "discard",
    }  # fmt: skip
