"""Both languages are complete: a message without its Persian fails the build."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import polib
import pytest
from django.conf import settings

CATALOG = Path(settings.BASE_DIR, "locale", "fa", "LC_MESSAGES", "django.po")


def test_no_message_is_untranslated_or_doubtful():
    catalog = polib.pofile(str(CATALOG))

    assert [e.msgid for e in catalog.untranslated_entries()] == []
    assert [e.msgid for e in catalog.fuzzy_entries()] == []


def test_translations_keep_every_placeholder():
    placeholder = re.compile(r"%\(\w+\)[sd]")
    wrong = []
    for entry in polib.pofile(str(CATALOG)):
        given = [entry.msgid, entry.msgid_plural]
        texts = [entry.msgstr, *entry.msgstr_plural.values()]
        names = set(placeholder.findall("".join(given)))
        wrong += [entry.msgid for text in texts if text and set(placeholder.findall(text)) - names]
        wrong += [entry.msgid for text in texts if text and names - set(placeholder.findall(text))]
    assert wrong == []


@pytest.mark.skipif(not shutil.which("xgettext"), reason="collecting messages needs GNU gettext")
def test_the_catalogue_holds_every_message_of_the_code(tmp_path: Path):
    root = Path(settings.BASE_DIR)
    for name in (
        "agencies",
        "appeals",
        "config",
        "cycles",
        "festival",
        "fragments",
        "indicators",
        "submissions",
        "templates",
    ):
        shutil.copytree(
            root / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "data")
        )
    (tmp_path / "locale" / "fa" / "LC_MESSAGES").mkdir(parents=True)
    django_admin = root / ".venv" / "bin" / "django-admin"
    command = [
        str(django_admin),
        "makemessages",
        "-l",
        "fa",
        "--no-wrap",
        "--add-location",
        "never",
    ]
    bare = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, env=bare)
    fresh = {e.msgid for e in polib.pofile(str(tmp_path / "locale/fa/LC_MESSAGES/django.po"))}

    kept = {e.msgid for e in polib.pofile(str(CATALOG)) if not e.obsolete}

    assert fresh - kept == set(), "run `make messages` and translate"
    assert kept - fresh == set(), "run `make messages`: these are used nowhere"
