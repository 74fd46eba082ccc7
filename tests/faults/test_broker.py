"""The broker refuses or says nothing: whoever orders work is answered within two seconds, and the
work waits.
"""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from cycles.models import PasswordLetter
from festival.models import Report
from submissions.models import Answer, Document, Reliability, ScoreRun
from tests.factories import World, build
from tests.faults.parts.away import silent_port
from tests.jobs import broker_at

BACKEND = "config.accounts.backends.PasswordBackend"
AT_MOST = 2
WAITS = "What you asked for is recorded and waits"


@pytest.fixture(params=("refuses", "says nothing"))
def no_broker(request: Any) -> Iterator[None]:
    listening, port = silent_port()
    with listening, broker_at(f"redis://127.0.0.1:{1 if request.param == 'refuses' else port}/0"):
        yield


def client_of(user: Any) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user, backend=BACKEND)
    return client


def attach_file(w: World) -> Any:
    line = (
        Answer.objects.filter(submission=w.submission)
        .exclude(measure__method="steward")
        .order_by("pk")[0]
    )
    address = f"/en/submissions/lines/{line.pk}/evidence/"
    return client_of(w.staff).post(address, {"file": SimpleUploadedFile("a.txt", b"text")})


def compute_scores(w: World) -> Any:
    return client_of(w.administrator).post(f"/en/submissions/board/{w.cycle.pk}/compute/")


def measure_reliability(w: World) -> Any:
    return client_of(w.administrator).post(f"/en/submissions/board/{w.cycle.pk}/reliability/")


def draw_up_report(w: World) -> Any:
    return client_of(w.administrator).post(f"/en/festival/manage/{w.cycle.year}/reports/")


def ask_for_password(w: World) -> Any:
    return client_of(w.stranger).post("/en/accounts/password/reset/", {"email": w.staff.email})


ORDERS = (
    ("begun", attach_file, Document),
    ("marked", compute_scores, ScoreRun),
    ("marked", measure_reliability, Reliability),
    ("final", draw_up_report, Report),
    ("people", ask_for_password, PasswordLetter),
)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("stage, order, model", ORDERS)
def test_an_order_is_answered_and_its_row_waits(
    no_broker: None, stage: str, order: Any, model: Any, settings: Any
) -> None:
    world = build(stage)
    settings.CLOCK_OFFSET = world.at - timezone.now()

    begun = time.monotonic()
    answer = order(world)
    took = time.monotonic() - begun

    assert answer.status_code < 500 or WAITS in answer.content.decode()
    assert model.objects.exists()
    assert took < AT_MOST
