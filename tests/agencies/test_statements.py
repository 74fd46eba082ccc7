"""A statement composed once answers as its queryset does, for other values and in other threads."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, models, transaction
from django.db.utils import OperationalError
from django.test.utils import CaptureQueriesContext

from agencies.locks import locked
from agencies.models import Membership, User
from agencies.statements import Planned, Questions, Slot, Statement, as_text, keys_slot, slot
from tests.factories import build, make_user

BY_NAME = Statement(lambda: User.objects.filter(username=slot("name")))


@pytest.mark.django_db
def test_it_answers_with_other_values_each_time():
    build("people")

    found = [
        [user.username for user in BY_NAME.fetch(name=name)] for name in ("head", "staff", "x")
    ]

    assert found == [["head"], ["staff"], []]


@pytest.mark.django_db
def test_its_rows_equal_those_of_the_queryset_with_what_is_joined_and_annotated():
    world = build("people")
    rows = Membership.objects.select_related("agency").annotate(level=models.F("agency__level"))
    statement = Statement(lambda: rows.filter(user__in=keys_slot("people")).order_by("pk"))
    keys = [world.head.pk, world.staff.pk, world.auditor.pk]

    with CaptureQueriesContext(connection) as asked:
        found = statement.fetch(people=keys)
        agencies = [row.agency and row.agency.code for row in found]

    expected = list(rows.filter(user__in=keys).order_by("pk"))
    assert len(asked) == 1
    assert found == expected
    assert agencies == ["MOE", "MOE", None]
    assert [row.level for row in found] == [row.level for row in expected]
    assert [row.__dict__.keys() for row in found] == [row.__dict__.keys() for row in expected]


@pytest.mark.django_db
def test_its_tuples_equal_those_of_the_queryset():
    world = build("people")
    rows = Membership.objects.order_by("pk").values_list("user__username", "agency__code", "role")
    statement: Statement[Any] = Statement(lambda: rows.filter(user=slot("user")))

    found = statement.fetch_tuples(user=world.head.pk)

    assert found == list(rows.filter(user=world.head))
    assert found == [("head", "MOE", "head")]


@pytest.mark.django_db
def test_it_is_asked_with_its_whole_text_where_that_is_noted():
    build("people")

    with CaptureQueriesContext(connection) as asked, as_text():
        [found] = BY_NAME.fetch(name="head")

    assert found.username == "head"
    assert asked[0]["sql"].startswith("SELECT")
    assert "'head'" in asked[0]["sql"]


@pytest.mark.django_db
def test_no_key_finds_nothing():
    build("people")
    statement = Statement(lambda: User.objects.filter(pk__in=keys_slot("keys")))

    assert statement.fetch(keys=[]) == []


@pytest.mark.django_db
def test_a_value_is_never_part_of_the_text():
    build("people")

    assert BY_NAME.fetch(name="' OR true --") == []


@pytest.mark.django_db
def test_two_executions_do_not_share_their_values():
    build("people")

    first, second = BY_NAME.fetch(name="head"), BY_NAME.fetch(name="staff")
    first[0].name_en = "changed"

    assert [user.username for user in (*first, *second)] == ["head", "staff"]
    assert BY_NAME.fetch(name="head")[0].name_en == "Head"


@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_by_its_own_connection_and_locks_hold():
    key = make_user("one").pk
    statement = Statement(lambda: locked(User.objects.filter(pk=slot("key"))))

    def ask_elsewhere():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '200ms'")
                return statement.fetch(key=key)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            statement.fetch(key=key)
            with pytest.raises(OperationalError, match="lock timeout"):
                pool.submit(ask_elsewhere).result()
        assert pool.submit(ask_elsewhere).result()[0].pk == key


@pytest.mark.django_db
def test_a_session_plans_a_statement_once():
    build("people")
    statement = Statement(lambda: User.objects.filter(username=slot("name")))
    planned = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s"

    with connection.cursor() as cursor:
        for name in ("head", "staff", "x"):
            statement.fetch(name=name)
        cursor.execute(planned, [f"PREPARE {statement._compose()[1].planned.name} AS %"])

        assert cursor.fetchone() == (1,)


@pytest.mark.django_db
def test_what_is_no_slot_is_part_of_the_text_and_percent_signs_stay():
    place = Planned("SELECT %s || '%%', %s::int, %s::int", ("a%b'", Slot("n"), Slot("n")))

    with connection.cursor() as cursor:
        cursor.execute(*place.ask(connection, {"n": 3}))

        assert cursor.fetchone() == ("a%b'%", 3, 3)


@pytest.mark.django_db
def test_one_question_says_which_statements_have_rows_and_only_those_are_asked():
    build("people")
    by_name = Statement(lambda: User.objects.filter(username=slot("name")).order_by("pk"))
    seats = Statement(lambda: Membership.objects.filter(user__username=slot("other")))
    counted = Statement(
        lambda: (
            User.objects.annotate(n=models.Count("membership"))
            .filter(n__gt=slot("most"))
            .order_by("pk")
        )
    )
    questions = Questions(by_name, seats, counted)

    with CaptureQueriesContext(connection) as asked:
        answers = questions.ask(name="head", other="nobody", most=1000)
        found = [answers.rows(each) for each in (by_name, seats, counted)]

    assert [[str(row.pk) for row in rows] for rows in found] == [
        [str(User.objects.get(username="head").pk)],
        [],
        [],
    ]
    assert len(asked) == 2
