"""The house keeps its own rules: what the import linter cannot see is looked up here."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import ForeignKey, ManyToManyField
from django.template.loader import get_template

from config.management.commands import document_workflows
from cycles.workflow import Workflow
from tests.architecture import house

ROOT = Path(settings.BASE_DIR)
LAYERS = list(house.APPS)
OURS = house.files()

CARD_PATHS = [
    *(
        "manage.py",
        "pyproject.toml",
        "config",
        "agencies",
        "indicators",
        "submissions",
        "appeals",
        "festival",
        "fragments",
        "templates",
    ),
    *(
        "static",
        "tests",
        "docker-compose.yml",
        "README.md",
        "cycles",
        "docs",
        "Makefile",
        "Dockerfile",
        "package.json",
        ".ci/run",
    ),
]
CARD_PACKAGES = {
    "django": r"\bdjango\b",
    "django-fsm-2": r"\bdjango_fsm\b",
    "celery": r"\bcelery\b",
    "redis": r"\bredis\b",
    "psycopg2-binary": r"\bpsycopg2\b",
    "django-import-export": r"\bimport_export\b",
    "weasyprint": r"\bweasyprint\b",
    "pytest-django": r"\bdjango_db\b",
}


def test_every_path_of_the_card_exists():
    assert [path for path in CARD_PATHS if not (ROOT / path).exists()] == []


def test_every_package_of_the_card_is_declared_and_used():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    declared = {re.split(r"[\[<>=~! ;]", line)[0].lower() for group in groups for line in group}
    tests = [path.read_text() for path in (ROOT / "tests").rglob("*.py")]
    code = [path.read_text() for path in OURS]

    assert set(CARD_PACKAGES) - declared == set()
    unused = [
        name
        for name, word in CARD_PACKAGES.items()
        if not any(re.search(word, text) for text in (tests if name.startswith("pytest") else code))
    ]
    assert unused == []


def test_keys_between_apps_point_down_and_leave_no_way_up():
    wrong = []
    for model in apps.get_models():
        if model._meta.app_label not in LAYERS:
            continue
        for field in model._meta.get_fields():
            if not isinstance(field, ForeignKey | ManyToManyField) or field.model is not model:
                continue
            target = field.related_model._meta.app_label
            if target == model._meta.app_label or target not in LAYERS:
                continue
            if LAYERS.index(target) > LAYERS.index(model._meta.app_label):
                wrong.append(f"{model.__name__}.{field.name} points up")
            if not field.remote_field.hidden:  # Django lengthens the "+" of a many-to-many key
                wrong.append(f"{model.__name__}.{field.name} lets {target} reach up")
    assert wrong == []


def test_every_imported_module_stands_at_the_top_of_its_file():
    inside = []
    for path in OURS:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                inside += [
                    f"{path.relative_to(ROOT)}:{n.lineno}"
                    for n in ast.walk(node)
                    if isinstance(n, ast.Import | ast.ImportFrom)
                ]
    assert inside == []


WRITES = {
    "save",
    "create",
    "bulk_create",
    "bulk_update",
    "update_or_create",
    "get_or_create",
    "delete",
    "perform",
}
READING_KINDS = re.compile(
    r"views|\w+_views|forms|\w+_forms|tables|filters|lookups|papers?|exports|context"
)
"""Files that only read, by their names; elsewhere it is every function that is given a request."""

ELSEWHERE = ("cache", "pdf", "book")
"""What is written to and is no row: a file shown before it is imported waits in the cache; a paper;
a workbook.
"""

SIGNING_IN = "config/accounts/"
"""Sessions, devices and second factors are rows that allauth and Django write at requests."""


def reading_parts(path: Path, tree: ast.Module) -> list[ast.AST]:
    """Answer what may not write in a file: all of it, or its functions that are given a request."""
    if READING_KINDS.fullmatch(path.stem):
        return [tree]
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [
        f
        for f in functions
        if any(arg.arg == "request" for arg in [*f.args.args, *f.args.kwonlyargs])
    ]


def written_by_readers(path: Path, text: str) -> list[str]:
    """Name the calls that write in what may only read."""
    wrong = []
    for part in reading_parts(path, ast.parse(text)):
        for node in ast.walk(part):
            if not isinstance(node, ast.Call):
                continue
            if isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
                if ast.unparse(node.func.value) not in ELSEWHERE:
                    wrong.append(f"{path}:{node.lineno} {ast.unparse(node.func)}")
            elif isinstance(node.func, ast.Name) and node.func.id == "perform":
                wrong.append(f"{path}:{node.lineno} perform")
    return wrong


def test_nothing_but_actions_writes():
    """No page, form or table calls a method that writes: they call actions, and actions go through
    the door.
    """
    wrong = []
    for path in OURS:
        name = path.relative_to(ROOT)
        if not str(name).startswith(SIGNING_IN):
            wrong += written_by_readers(name, path.read_text())
    assert wrong == []


@pytest.mark.parametrize(
    "path",
    (
        "festival/awards/public_views.py",
        "submissions/evidence/upload_views.py",
        "cycles/record/embargo.py",
    ),
)
def test_a_view_that_writes_is_caught_whatever_its_file_is_called(path: str):
    seeded = (
        "def page(request, key):\n    Award.objects.filter(pk=key).delete()\n    "
        "perform(award, 'grant')\n"
    )

    assert written_by_readers(Path(path), seeded) == [
        f"{path}:2 Award.objects.filter(pk=key).delete",
        f"{path}:3 perform",
    ]


def test_rows_are_locked_by_one_function():
    locks = [path for path in OURS if ".select_for_update(" in path.read_text()]
    assert [str(path.relative_to(ROOT)) for path in locks] == ["agencies/locks.py"]


def test_only_the_engine_calls_a_transition():
    """A transition is a private method on the model; the door calls it by name and nobody else
    calls it at all.
    """
    names = {
        f"_{name}"
        for workflow in Workflow.registry.values()
        for name, m in workflow.moves.items()
        if m.target
    }
    wrong = []
    for path in OURS:
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in names
            ):
                outside = not (
                    isinstance(node.func.value, ast.Name) and node.func.value.id == "self"
                )
                if outside:
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.func.attr}")
    assert wrong == []


def test_every_row_that_changes_a_state_has_its_transition_and_no_other_row_has():
    wrong = []
    for label, workflow in Workflow.registry.items():
        if workflow.states is None:
            continue
        model = apps.get_model(label)
        for name, move in workflow.moves.items():
            if (move.target is not None) != hasattr(model, f"_{name}"):
                wrong.append(f"{label}: {name}")
        assert model._meta.get_field("state").protected
    assert wrong == []


def test_every_row_that_waits_for_another_matter_has_what_finds_it():
    waiting = {
        (label, move.name)
        for label, workflow in Workflow.registry.items()
        for move in workflow.moves.values()
        if move.waits_for
    }
    found = {
        (label, name) for label, workflow in Workflow.registry.items() for name in workflow.matters
    }

    assert waiting == found != set()


def test_the_workflow_page_of_the_docs_equals_the_tables():
    assert document_workflows.PATH.read_text() == document_workflows.text()


LIBRARIES_ASK = re.compile(
    r"^(account/|allauth/|mfa/|usersessions/|[45]\d\d.*\.html$|tables\.html$|django/)"
)
"""Templates that Django, allauth or django-tables2 ask for by name."""


ENGINES = {"templates": "django", "fragments": "fragments"}


def name_of(template: Path) -> str:
    return "/".join(template.relative_to(ROOT).parts[1:])


def test_every_template_is_used():
    text = "\n".join(path.read_text() for path in [*OURS, *house.templates()])
    unused = []
    for path in house.templates():
        name = name_of(path)
        if not LIBRARIES_ASK.match(name) and f'"{name}' not in text:
            unused.append(name)
    assert unused == []


@pytest.mark.parametrize("path", house.templates(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_template_parses_and_says_what_it_takes(path: Path):
    get_template(name_of(path), using=ENGINES[path.relative_to(ROOT).parts[0]])

    text = path.read_text()

    assert (
        not re.search(r"""<[^>]+\s(style|on[a-z]+)\s*=""", text)
        or name_of(path) == "festival/report/report.html"
    ), "blocked by the CSP"
    assert "<script>" not in text


NAMED_PATH = re.compile(
    r"`((?:agencies|cycles|indicators|submissions|appeals|festival|config|tests|templates|fragments|static)"
    r"/[\w/.-]+\.(?:py|html|js|css))`"
)


def test_every_file_that_the_documents_name_exists():
    wrong = []
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        if page.name != "changelog.md":
            named = NAMED_PATH.findall(page.read_text())
            wrong += [f"{page.name}: {name}" for name in named if not (ROOT / name).exists()]
    assert wrong == []
