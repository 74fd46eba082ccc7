"""A statement composed once answers as its queryset does, for other values and in other threads."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, models, transaction
from django.db.utils import OperationalError
from django.test.utils import CaptureQueriesContext

from agencies.locks import locked
from agencies.models import Membership, User
from agencies.statements import Statement, keys_slot, slot
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
