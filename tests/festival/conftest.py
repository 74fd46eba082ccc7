"""What the tests of results share: the portal's clock, and a report that the public may read."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as portal
from django.core.files.base import ContentFile
from django.utils import timezone, translation

from cycles.calendar import Phase
from cycles.models import Extension
from cycles.years.actions import extend
from festival.models import Language, Report
from festival.report import actions as report_actions
from festival.results import actions as results
from festival.workflow import Addressee
from tests.factories import World, build, second_administrator


@pytest.fixture
def english() -> Iterator[None]:
    """Everything is said in English."""
    with translation.override("en"):
        yield


@pytest.fixture
def clock(settings: Any) -> Callable[[datetime], None]:
    """Sets the portal's clock for the requests that follow."""

    def set_to(at: datetime) -> None:
        settings.CLOCK_OFFSET = at - timezone.now()

    return set_to


@pytest.fixture
def final(db: None) -> World:
    """Frozen and ranked, nothing public."""
    return build("final")


@pytest.fixture
def scheduled(db: None) -> World:
    """Publication set, with an approved report."""
    world = build("scheduled")
    world.report = approved_report(world)
    return world


@pytest.fixture
def published(scheduled: World) -> World:
    """At the moment of publication, and published."""
    [scheduled.edition] = results.publish_due(at=scheduled.edition.publish_at)
    scheduled.at = scheduled.edition.publish_at
    return scheduled


def decree(
    world: World, phase: Phase, closes_at: datetime, number: str = "1405/12", **scope: Any
) -> Extension:
    """A deadline extended by the portal's own act, at the world's moment."""
    return extend(
        world.cycle,
        phase=phase,
        closes_at=closes_at,
        decree_number=number,
        decreed_on=world.at.date(),
        reason="سیل در استان",
        file=ContentFile(b"%PDF-1.7 decree", name="decree.pdf"),
        by=world.administrator,
        at=world.at,
        **scope,
    )


def delivered_report(world: World) -> None:
    """Approved in both languages and delivered to both addressees, at the world's moment."""
    for language in Language.values:
        approved_report(world, language)
    for addressee in Addressee.values:
        report_actions.deliver(
            world.edition, addressee=addressee, letter="82/1", by=world.administrator, at=world.at
        )


def approved_report(world: World, language: str = "en") -> Report:
    [report] = report_actions.ask_for_report(
        world.edition, languages=[language], by=world.administrator, at=world.at
    )
    report = report_actions.store_report(report, pdf=b"%PDF-1.7 kept", at=world.at)
    report = report_actions.approve_report(report, by=world.administrator, at=world.at)
    return report_actions.approve_report(report, by=second_administrator(world), at=world.at)


@pytest.fixture
def reports_folder() -> Path:
    folder = Path(portal.MEDIA_ROOT, "reports")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
