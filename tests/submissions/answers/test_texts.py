"""What an agency writes of a line stands once, in `Answer.TEXTS`: form, sheet, signed content and
pages draw from there, so that a text is added by its field, its row there and its translation.
"""

import ast
import json
from pathlib import Path

import pytest
from django.conf import settings
from django.db.models import TextField
from django.urls import reverse
from django.utils import translation

from submissions.answers import actions as answers
from submissions.answers.forms import AnswerForm
from submissions.answers.sheet_columns import VALUES, AnswerLines
from submissions.models import Answer
from submissions.signing import versions
from tests.architecture import house
from tests.factories import build

ROOT = Path(settings.BASE_DIR)
APPS = ("agencies", "cycles", "indicators", "submissions", "appeals", "festival", "config")
ELSEWHERE = {
    "submissions/models/answers.py",
    "config/rehearsal/values.py",  # words of an imagined agency
    # what a responsible unit is to mend: weaknesses and action alone
    "templates/submissions/release/extract.html",
    "templates/submissions/release/extract_paper.html",
}


@pytest.fixture
def world():
    return build("answered")


def line(world):
    return Answer.objects.with_submission().get(submission=world.submission, measure__code="G1-1")


def names_in(path):
    """The names that a text of Python uses as names, keywords, attributes or whole strings."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        for name in ("id", "attr", "arg", "value"):
            word = getattr(node, name, None)
            if isinstance(word, str):
                found.add(word)
    return found


def test_no_other_file_of_ours_names_a_text_that_has_no_rule_of_its_own():
    naming = set()
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            if "migrations" not in path.parts and {"strengths", "weaknesses"} & names_in(path):
                naming.add(path.relative_to(ROOT).as_posix())
    for path in house.templates():
        if ".strengths" in path.read_text() or ".weaknesses" in path.read_text():
            naming.add(path.relative_to(ROOT).as_posix())

    assert naming == ELSEWHERE


def test_the_texts_are_the_texts_of_the_model():
    fields = {f.name for f in Answer._meta.get_fields() if isinstance(f, TextField)}

    assert set(Answer.TEXT_FIELDS) == fields
    assert [text.name for text in Answer.TEXTS] == list(Answer.TEXT_FIELDS)


@pytest.mark.django_db
@pytest.mark.parametrize("text", Answer.TEXTS, ids=lambda text: text.name)
def test_form_sheet_and_what_is_signed_have_every_text(world, text):
    answers.save_answer(line(world), **{text.name: "words of ours"}, by=world.staff, at=world.at)

    field = AnswerForm(answer=line(world)).fields[text.name]
    [column] = [column for column in VALUES.columns if column.name == text.name]
    [row] = [row for row in AnswerLines(world.submission).lines() if row.pk == line(world).pk]
    signed = json.loads(versions.content_of(world.submission))
    [content] = [each for each in signed["lines"] if each["line"] == line(world).pk]

    assert (field.label, field.max_length) == (text.label, text.max_length)
    assert (column.about, column.text) == (text.heading, "lines")
    assert getattr(row, text.name) == "words of ours"
    assert content[text.name] == "words of ours"


@pytest.mark.django_db
def test_workspace_and_dossier_show_every_text(world, visit):
    words = {name: f"words of {name}" for name in Answer.TEXT_FIELDS}
    answers.save_answer(line(world), **words, by=world.staff, at=world.at)
    client = visit(world, world.staff)

    with translation.override("en"):
        workspace = reverse("submissions:detail", args=[world.submission.pk])
        dossier = reverse("submissions:line", args=[line(world).pk])
    typed = client.get(f"{workspace}?line={line(world).pk}").content.decode()
    shown = client.get(dossier).content.decode()

    for text in Answer.TEXTS:
        assert f'name="{text.name}"' in typed
        assert words[text.name] in typed
        assert words[text.name] in shown
        assert str(text.label) in shown


@pytest.mark.django_db
def test_the_form_draws_every_text_in_one_of_its_parts(world):
    form = AnswerForm(answer=line(world))

    drawn = [*form.reasons, *form.explanations, *form.analysis]

    assert sorted(field.name for field in drawn) == sorted(Answer.TEXT_FIELDS)
