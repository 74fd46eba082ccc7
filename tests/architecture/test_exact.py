"""Between a stored decimal and a shown figure no double stands, but where
a file says why it may.
"""

import ast
import re
from pathlib import Path

import pytest
from django.db import connection

from tests.architecture.test_house import OURS, ROOT

STATISTICAL = {
    "submissions/reliability/statistics.py": "alpha, severity, intervals: of marks, by least squares and bootstrap",
    "submissions/reliability/severity.py": "severity of assessors, by least squares",
    "submissions/reliability/actions.py": "hands marks to reliability.py as shares",
    "submissions/reliability/views.py": "places of dots in a picture, in percent of its width",
    "festival/ranking/uncertainty.py": "intervals of places by empirical Bayes; other weights are whole numbers",
    "festival/ranking/what_if.py": "hands the error of marks to sureness.py",
    "festival/report/chapters.py": "a correlation, rounded once",
    "festival/lessons/queries.py": "a standard deviation of exact squares and a correlation, each rounded once",
}
"""Statistics: honest doubles that are rounded once for showing and decide no place, no point and no
rank.
"""

NO_FIGURE = {
    "festival/charts.py": "points of a line in a picture",
    "festival/duties/views.py": "places of bars in a picture, in percent of its width",
    "cycles/spreadsheets/sheet_files.py": "a numeric cell, only where the double is written as the decimal is",
    "cycles/spreadsheets/long_sheets.py": "a numeric cell, as openpyxl writes one: the CSV beside it has all places",
    "submissions/answers/grid_views.py": "has a decimal more than 8 places? round of a decimal is a decimal",
    "submissions/contents/pictures.py": "pixels of a picture",
    "config/rehearsal/values.py": "invents the demonstration's values",
    "config/rehearsal/closing.py": "invents the demonstration's answers to the survey",
    "config/celery.py": "seconds until the scheduler looks again",
    "config/probe.py": "the age of a file, in seconds",
    "cycles/record/clock_watch.py": "whole seconds a clock is out by, told to auditors",
    "config/rehearsal/walk.py": "tells a developer how long a stage took",
    "config/management/commands/rehearse.py": "tells a developer how long it took",
}
"""Doubles that become no figure."""

MONITORING = "config/monitoring/"
"""Ages, seconds and counts for machines that watch; none of them is a figure of the portal's."""

DOUBLES = {"float", "round"}
LIBRARIES = {"numpy", "statistics"}
FORMAT = re.compile(r"\.\d[fg]$")
IN_SQL = re.compile(
    r"percentile_(cont|disc)|stddev|var_(pop|samp)|double precision|::(float|real|double)",
    re.IGNORECASE,
)
DURATIONS = {"appeals/outcomes/queries.py": "the median of durations, whole microseconds"}


def doubles(path: Path) -> list[str]:
    """What in a file reckons with doubles: calls, libraries, formats, SQL."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in DOUBLES:
                found.append(name)
            case ast.Import(names=names) if {alias.name for alias in names} & LIBRARIES:
                found.append("import")
            case ast.ImportFrom(module=module) if module in LIBRARIES:
                found.append("import")
            case ast.FormattedValue(format_spec=ast.JoinedStr(values=[ast.Constant(value=spec)])):
                found += [spec] if FORMAT.search(str(spec)) else []
            case ast.Constant(value=str(text)) if IN_SQL.search(text):
                found.append(IN_SQL.search(text).group())
    return found


def test_no_double_stands_between_a_stored_decimal_and_a_shown_figure():
    reckon = {str(path.relative_to(ROOT)): doubles(path) for path in OURS}
    known = STATISTICAL.keys() | NO_FIGURE.keys() | DURATIONS.keys()

    unknown = {path: found for path, found in reckon.items() if found and path not in known}
    assert {path: found for path, found in unknown.items() if not path.startswith(MONITORING)} == {}
    assert [path for path in known if not reckon[path]] == []


def test_the_check_finds_each_kind_of_double(tmp_path):
    bad = tmp_path / "bad.py"
    lines = (
        "import numpy as np",
        "x = float(1)",
        "y = round(x, 2)",
        "z = f'{x:.2f}'",
        "q = 'percentile_cont(0.5)'",
    )
    bad.write_text("\n".join(lines))

    assert sorted(doubles(bad)) == [".2f", "float", "import", "percentile_cont", "round"]


def test_no_script_reckons_a_figure():
    scripts = [
        path for path in sorted((ROOT / "static" / "js").glob("*.js")) if path.name != "uploads.js"
    ]

    assert scripts != []
    assert [
        path.name for path in scripts if re.search(r"parseFloat|toFixed|Number\(", path.read_text())
    ] == []


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    (
        ("4.9, 5.9, 6.9, 7.9, 73.1, 74.1, 75.1, 76.1", "0.5", "40.5"),
        ("1, 2, 3, 4", "0.25", "1.75"),
        ("1, 2, 3, 4", "0.75", "3.25"),
        ("0.1, 0.2, 0.3", "0.5", "0.2"),
        ("7", "0.25", "7"),
    ),
)
@pytest.mark.django_db
def test_quantiles_are_computed_on_decimals(values, share, expected):
    rows = ", ".join(f"({value}::numeric)" for value in values.split(", "))

    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT exact_quantile(array_agg(x ORDER BY x), {share}) = {expected}::numeric FROM "
            f"(VALUES {rows}) t(x)"
        )
        assert cursor.fetchone() == (True,)
