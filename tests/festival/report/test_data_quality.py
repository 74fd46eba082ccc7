"""The chapter on reliability, verification, hours and cost: figures worked out by hand, without
anybody's name.
"""

import io
from decimal import Decimal

import pypdf
import pytest
from django.template.loader import render_to_string
from django.utils import translation

from agencies.models import User
from agencies.persian import in_locale
from cycles.models import Cycle
from festival.report import facts as report_facts
from festival.report import paper as report_paper
from festival.report.data_quality import data_quality
from submissions.models import Block, Mark, Reconciliation, Reliability, ReviewTask, Score
from submissions.progress.costs import spend
from tests.factories import build
from tests.festival.report.papers import says, text_of
from tests.worlds.answers import apart, power_line, to_verify

STUDY = {
    "marks": 40,
    "agreement": {
        "lines": 12, "alpha": 0.8125, "interval": {"low": 0.7, "high": 0.9}, "mean_difference": 0.02,
        "within_tolerance": 0.9,
    },
    "severity": [
        {"assessor": 987651, "effect": -0.031, "flagged": True},
        {"assessor": 987652, "effect": 0.0125, "flagged": False},
    ],
    "copying": [{"assessor": 987651, "flagged": True}, {"assessor": 987652, "flagged": False}],
    "halo": [{"assessor": 987652, "flagged": False}],
    "saturated": [{"measure": 987653, "flagged": True}],
}  # fmt: skip


def study(w, **special):
    asked = {"asked_by": w.administrator, "asked_at": w.at, "finished_at": w.at}
    return Reliability.objects.create(cycle=w.cycle, result=STUDY | special, **asked)


def measured_world():
    """One line read twice and reconciled, one verified for 100 points, two tasks, one of them
    closed, hours, cost.
    """
    w = build("final")
    study(w)
    waiting = apart(w)
    Block.objects.filter(cycle=w.cycle).update(state="handed_in")
    Block.objects.filter(pk=w.block.pk).update(hours=Decimal("7.25"))
    Block.objects.filter(is_second=True).update(hours=Decimal("1.5"))
    assert Reconciliation.objects.get() == waiting
    verified = to_verify(w)
    facts = {
        "state": "concluded",
        "concluded_at": w.at,
        "place": "site",
        "finding": "partly",
        "text": "half",
    }
    type(verified).objects.filter(pk=verified.pk).update(**facts, found_value=20, hours=Decimal(2))
    Score.objects.filter(answer=verified.line, is_current=True).update(is_current=False)
    Score.objects.create(
        answer=verified.line, basis="verified", state="scored", points=200, scored_at=w.at
    )
    for kind, outcome in (("copying", "Talked over"), ("severity", "")):
        closed = {
            "state": "closed",
            "outcome": outcome,
            "closed_by": w.administrator,
            "closed_at": w.at,
        }
        held = Reliability.objects.get()
        of = {
            "cycle": w.cycle,
            "study": held,
            "kind": kind,
            "assessor": w.assessor,
            "figures": {},
            "opened_at": w.at,
        }
        ReviewTask.objects.create(**of, **(closed if outcome else {}))
    spend(
        w.cycle, label="چاپ", amount=Decimal(1_500_000), hours=Decimal(10), spent_on=w.at.date(),
        by=w.administrator, at=w.at,
    )  # fmt: skip
    return w


@pytest.mark.django_db
def test_the_figures_are_those_worked_out_by_hand():
    w = measured_world()

    found = data_quality(w.cycle, w.at)

    m = found.measured
    assert (m.alpha, m.low, m.high) == (Decimal("0.8125"), Decimal("0.7"), Decimal("0.9"))
    assert (m.assessors, m.most_severe, m.most_lenient) == (2, Decimal("-3.1"), Decimal("1.25"))
    assert (m.copying, m.halo, m.saturated) == (1, 0, 1)
    assert (found.readings, found.apart, found.apart_percent) == (1, 1, Decimal(100))
    v = found.verified
    assert (v.drawn, v.concluded_count, v.supported, v.partly, v.unsupported) == (1, 1, 0, 1, 0)
    assert v.points_lost == Decimal(300) - Decimal(200)
    assert (found.reviews_open, found.reviews_closed) == (1, 1)
    c = found.costs
    assert (c.first, c.second, c.verification, c.other) == (
        Decimal("7.25"),
        Decimal("1.5"),
        Decimal(2),
        Decimal(10),
    )
    assert (c.hours, c.amount, c.assessed) == (Decimal("20.75"), 1_500_000, 1)


@pytest.mark.django_db
def test_what_was_not_measured_is_none_and_the_last_finished_study_counts():
    w = build("final")
    nothing = data_quality(w.cycle, w.at)
    assert (nothing.measured, nothing.readings, nothing.apart_percent, nothing.costs.hours) == (
        None,
        0,
        None,
        None,
    )

    study(w)
    study(w, agreement=None, severity=[], copying=[], halo=[], saturated=[])
    Reliability.objects.create(cycle=w.cycle, asked_by=w.administrator, asked_at=w.at)

    m = data_quality(w.cycle, w.at).measured
    assert (m.alpha, m.most_severe, m.most_lenient, m.copying) == (None, None, None, 0)


@pytest.mark.django_db
def test_a_line_is_read_twice_only_when_both_marks_are_handed_in():
    w = build("final")
    apart(w)

    assert data_quality(w.cycle, w.at).readings == 0
    assert Mark.objects.filter(answer=power_line(w)).count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["fa", "en"])
def test_the_report_tells_them_in_both_languages_and_names_nobody(language):
    w = measured_world()
    User.objects.filter(pk__in=[w.assessor.pk, w.other_assessor.pk]).update(
        name_en="Zarathustra", name_fa="زرتشت"
    )
    facts = report_facts.gather(w.edition, w.at)

    with translation.override(language):
        page = render_to_string("festival/report/report_soundness.html", {"sound": facts.soundness})
        figures = [in_locale(Decimal(x), 2) for x in ("0.81", "0.70", "0.90")]
        figures += [in_locale(Decimal(x)) for x in ("3.1", "1.3", "1500000")]
    whole = text_of(
        *pypdf.PdfReader(
            io.BytesIO(report_paper.article_82(facts, language=language).reading)
        ).pages
    )

    for said in figures:
        assert said in page, said
    for name in ("Zarathustra", "زرتشت", "98765"):
        assert name not in page
        assert name not in whole
    if language == "en":
        for words in ("Reliability of the scores", "Supported in part", "1,500,000", "20.75"):
            assert says(whole, words), words


@pytest.mark.django_db
def test_the_report_says_what_was_not_measured():
    w = build("final")
    Cycle.objects.filter(pk=w.cycle.pk).update(verification_percent=0)

    with translation.override("en"):
        text = text_of(
            *pypdf.PdfReader(
                io.BytesIO(
                    report_paper.article_82(
                        report_facts.gather(w.edition, w.at), language="en"
                    ).reading
                )
            ).pages
        )

    assert says(text, "No line was verified at the source.")
    assert text.count("not measured") >= 10
