"""The log: one line for each request, which names nobody."""

import json
import logging
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from config.monitoring import logs, workers
from cycles.engine import perform
from cycles.workflow import CYCLE, Refused
from tests.config.monitoring.monitored import scraped, value
from tests.factories import PASSWORD, build, make_user


@pytest.fixture
def lines(caplog):
    """The log's lines as production writes them, as objects."""
    formatter, found = logs.json_formatter(), []

    class Keeps(logging.Handler):
        def emit(self, record):
            found.append(json.loads(formatter.format(record)))

    handler = Keeps()
    handler.addFilter(logs.AddressFilter())
    root = logging.getLogger()
    root.addHandler(handler)
    yield found
    root.removeHandler(handler)


def of(lines, logger):
    return [line for line in lines if line["logger"] == logger]


@pytest.mark.django_db
def test_each_request_is_one_line_that_names_nobody(client, lines):
    person = make_user("zahra", "auditor")
    client.force_login(person)
    lines.clear()

    answered = client.get(
        reverse("home") + "?q=typed", headers={"X-Forwarded-For": "203.0.113.7, 10.0.0.1"}
    )

    [line] = of(lines, "portal.request")
    assert line["request_id"] == answered["X-Request-ID"]
    assert (line["person"], line["view"], line["status"], line["method"]) == (
        person.pk,
        "home",
        200,
        "GET",
    )
    assert line["milliseconds"] > 0
    assert line["time"].endswith("+03:30")
    assert "zahra" not in json.dumps(line)
    assert "typed" not in json.dumps(line)


@pytest.mark.django_db
def test_the_address_is_the_one_our_outermost_proxy_saw(client, lines, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    client.get(reverse("account_login"), headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.7"})

    [line] = of(lines, "portal.request")
    assert line["address"] == "203.0.113.7"


@pytest.mark.django_db
def test_signing_in_and_failing_to_are_told(client, lines):
    person = make_user("zahra", "auditor")
    address = reverse("account_login")

    client.post(address, {"login": "zahra", "password": "not this one"})
    client.post(address, {"login": "zahra", "password": PASSWORD})
    client.post(reverse("account_logout"))

    told = of(lines, "portal.signin")
    assert [line["outcome"] for line in told] == ["failed", "step", "signed_in", "signed_out"]
    assert {line.get("subject") for line in told[1:]} == {person.pk}
    assert told[1]["reason"] == "password"
    assert all(line["request_id"] and line["address"] == "127.0.0.1" for line in told)
    assert not any(word in json.dumps(lines) for word in ("zahra", PASSWORD, "not this one"))


@pytest.mark.django_db
def test_a_lock_out_is_told_and_counted(client, lines):
    make_user("zahra", "auditor")
    locked = 'portal_sign_ins_total{outcome="locked_out"}'
    address = reverse("account_login")

    for _time in range(8):
        client.post(address, {"login": "zahra", "password": "not this one"})

    assert of(lines, "portal.signin")[-1]["outcome"] == "locked_out"
    assert value(scraped(client), locked) >= 1


@pytest.mark.django_db
def test_a_page_that_is_refused_is_told_with_its_code(client, lines):
    client.get(reverse("home"))
    client.force_login(make_user("zahra"))
    client.get(reverse("cycles:ledger_export") + "x")
    client.get(reverse("submissions:detail", args=[987654321]))
    Client(enforce_csrf_checks=True).post(reverse("account_login"), {"login": "zahra"})

    codes = [line.get("code") for line in of(lines, "portal.request")]
    assert codes == ["signed_out", "no_such_page", "not_found", "csrf"]
    assert "csrf" in scraped(client)


@pytest.mark.django_db
def test_a_refused_act_is_told_with_its_row_of_the_table_and_without_words(client, lines):
    world = build("planned")
    client.force_login(world.auditor)

    with pytest.raises(Refused):
        perform.perform(CYCLE, [world.cycle], "open", by=world.auditor, at=world.at)

    [line] = of(lines, "portal.refused")
    assert line["code"] == "cycles.cycle.open"
    assert line["where"] == "cycles.engine.perform._refuse_what_is_not_allowed"
    assert world.auditor.name_fa not in json.dumps(line, ensure_ascii=False)


def test_a_fault_is_told_by_type_and_place_without_its_words(lines):
    try:
        raise ValueError("what a visitor typed")
    except ValueError:
        logging.getLogger("portal").exception("a page failed")

    [line] = of(lines, "portal")
    assert line["fault"][0]["type"] == "builtins.ValueError"
    assert "test_log.py" in line["fault"][0]["at"][-1]
    assert "typed" not in json.dumps(line)


@pytest.mark.django_db
def test_the_key_to_a_new_password_never_reaches_the_log(client, lines, settings):
    settings.ROOT_URLCONF = "tests.config.failing"
    client.raise_request_exception = False

    answered = client.get("/fails/abc-the-key-of-somebody/")

    assert answered.status_code == 500
    assert of(lines, "django.request")[0]["message"] == "Internal Server Error: fails"
    assert "the-key-of-somebody" not in json.dumps(lines)


def test_a_task_is_told_by_its_name_and_what_it_works_on(lines):
    task = SimpleNamespace(name="festival.tasks.render_report")

    workers._begin(task_id="an id", task=task, kwargs={"report_id": 12, "note": "typed"})
    logging.getLogger("portal.anything").info("half done")
    workers._end(task_id="an id", task=task, state="SUCCESS")

    [line] = of(lines, "portal.anything")
    assert (line["task"], line["task_id"], line["job"]) == (
        "festival.tasks.render_report",
        "an id",
        {"report_id": 12},
    )
