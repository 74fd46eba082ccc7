"""What the portal is made of, and what is known against it."""

import importlib.util
import json
import sys
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
TODAY = date(2026, 12, 1)
REVIEWED = """
[[advisory]]
package = "django"
id = "GHSA-1"
reason = "its function is never called"
until = 2027-01-31
"""


def loaded(name):
    """A program of the folder of lock files."""
    found = importlib.util.spec_from_file_location(name, ROOT / "requirements" / f"{name}.py")
    module = importlib.util.module_from_spec(found)
    sys.modules[name] = module
    found.loader.exec_module(module)
    return module


audit, sbom = loaded("audit"), loaded("sbom")


def test_the_bill_names_every_locked_package_with_version_and_digest():
    made = sbom.bill()

    named = {(part["name"].lower(), part["version"]) for part in made["components"]}
    npm = {
        (place.rpartition("node_modules/")[2], package["version"])
        for place, package in json.loads((ROOT / "package-lock.json").read_text())[
            "packages"
        ].items()
        if place
    }
    python = sbom.locked(sbom.SERVED) | sbom.locked(sbom.ALL)
    assert made["bomFormat"] == "CycloneDX"
    assert len(python) > 100
    assert len(npm) > 5
    assert (python | npm) - named == set()
    scopes = {part["name"]: part["scope"] for part in made["components"]}
    assert (scopes["Django"] if "Django" in scopes else scopes["django"]) == "required"
    assert scopes["pytest"] == scopes["axe-core"] == "excluded"
    assert all(part.get("hashes") or part.get("externalReferences") for part in made["components"])


def answer(*advisories):
    return {
        "dependencies": [
            {"name": "django", "version": "5", "vulns": [{"id": name} for name in advisories]}
        ]
    }


@pytest.mark.parametrize("told", (None, {}, [], {"error": {"code": "ENOAUDIT"}}))
def test_where_nobody_answers_one_line_says_so_and_nothing_fails(told):
    assert audit.judged("python", audit.of_python(told), {}) == (
        ["python: not asked: no service"],
        False,
    )
    assert audit.judged("npm", audit.of_browser(told), {}) == (
        ["npm: not asked: no service"],
        False,
    )


def test_a_service_that_knows_none_of_the_packages_is_no_service():
    told = {"dependencies": [{"name": "django", "skip_reason": "not found"}]}

    assert audit.of_python(told) is None


def test_an_advisory_that_nobody_has_reviewed_fails():
    lines, is_wrong = audit.judged("python", audit.of_python(answer("GHSA-1")), {})

    assert is_wrong
    assert lines == ["python: django: GHSA-1"]


@pytest.mark.parametrize(("today", "fails"), ((TODAY, False), (date(2027, 2, 1), True)))
def test_a_reviewed_advisory_passes_until_its_day(today, fails):
    reviewed = audit.allowed(REVIEWED, today=today)

    assert audit.judged("python", audit.of_python(answer("GHSA-1")), reviewed)[1] is fails


def test_an_advisory_of_npm_is_found():
    told = {
        "vulnerabilities": {
            "htmx.org": {"via": ["other", {"url": "https://advisories.example/GHSA-2"}]}
        }
    }

    assert audit.of_browser(told) == [audit.Advisory("htmx.org", "GHSA-2")]


def test_an_advisory_is_allowed_for_a_reason_only():
    with pytest.raises(ValueError, match="for a reason"):
        audit.allowed(REVIEWED.replace("its function is never called", " "), today=TODAY)


def test_the_list_of_reviewed_advisories_can_be_read():
    audit.allowed(audit.ALLOWED.read_text(), today=TODAY)
