"""What becomes of values on their way through an array's text."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection

from agencies.postgres_arrays import array


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (
            "text",
            [
                "",
                "NULL",
                None,
                'say "this"',
                "back\\slash",
                "a,b",
                "{c}",
                "two\nlines",
                " سنجهٔ نیم‌فاصله ",
                "'",
            ],
        ),
        ("bigint", [1, -2, None, 2**62]),
        ("numeric", [Decimal("0.1000000000"), None, Decimal("-12345678901234567890.5")]),
        ("boolean", [True, False, None]),
        ("timestamptz", [datetime(2026, 11, 27, 1, 2, 3, 4, tzinfo=UTC), None]),
        ("text", []),
    ],
)
def test_an_array_comes_back_from_the_database_as_it_went(kind, values):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT x FROM unnest(%s::{kind}[]) AS x", [array(values)])

        assert [x for (x,) in cursor.fetchall()] == values
