"""The demonstration's own choices; what it builds is walked in the rehearsal's tests."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from config.management.commands import demo
from cycles.presets import windows_for


def test_each_phase_that_may_be_asked_for_has_a_window_and_the_readme_names_it():
    windows = {window.phase.value for window in windows_for(demo.PRESET, demo.YEAR)}
    readme = (Path(settings.BASE_DIR) / "README.md").read_text()

    assert set(demo.PHASES) == windows
    assert [
        phase
        for phase in demo.PHASES
        if f"`{phase}`" not in readme and f"PHASE={phase}" not in readme
    ] == []


def test_a_phase_that_the_calendar_lacks_is_refused_with_the_list(monkeypatch):
    monkeypatch.setenv("PHASE", "clarification")
    with pytest.raises(CommandError, match="PHASE is one of: proposal, approval"):
        call_command("demo", "--no-serve")


@pytest.mark.parametrize("agencies", ("-1", "1", "7"))
def test_too_few_agencies_are_refused_before_anything_is_built(agencies):
    with pytest.raises(CommandError, match="8 agencies or more"):
        call_command("demo", "--no-serve", f"--agencies={agencies}")
