"""Writes docs/workflow.md from the workflow tables, so that prose and code cannot drift apart."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import translation

from agencies.roles import Role
from cycles.workflow import Move, Workflow

PATH = Path(settings.BASE_DIR, "docs", "workflow.md")

HEAD = """# Workflows

Generated from the tables in the apps' `workflow.py` by `manage.py document_workflows`; do not edit.
Every row goes through one door, `perform` in `cycles/engine/perform.py`: row locks, source state,
who, window, transition, ledger.
"""


def listeners(move: Move) -> str:
    """Say who hears of a move, and whether they can switch that off."""
    heard = [str(role.label) for role in Role if role in move.tells] + [
        "the person"
    ] * move.tells_holder
    roles = ", ".join(heard)
    return f"{roles}; official" if move.official else roles or "–"


def text() -> str:
    """Write the page, a table a workflow, in English."""
    with translation.override("en"):
        parts = [HEAD]
        for label, workflow in sorted(Workflow.registry.items()):
            parts.append(f"\n## {label}\n")
            parts.append(
                "| move | from | to | who | while open | waits for | recorded | signed | "
                "told | button |"
            )
            parts.append("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
            for move in workflow.moves.values():
                when = (
                    f"any time: {move.why_anytime}" if move.why_anytime else str(move.phase.label)
                )
                cells = (
                    f"`{move.name}`",
                    ", ".join(sorted(move.sources)) or "–",
                    move.target or "stays",
                    str(move.who.label),
                    when,
                    move.waits_for or "–",
                    "yes" if move.recorded else "no",
                    "yes" if move.signed else "no",
                    listeners(move),
                    str(move.label),
                )
                parts.append(f"| {' | '.join(cells)} |")
        return "\n".join(parts) + "\n"


class Command(BaseCommand):
    help = "Write docs/workflow.md from the workflow tables."

    def handle(self, *args: object, **options: object) -> None:
        PATH.write_text(text(), encoding="utf-8")
