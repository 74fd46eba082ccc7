"""Rows of the record, written as the engine does."""

from datetime import datetime, timedelta, timezone

from cycles.administration_workflow import ADMINISTRATION
from cycles.engine import ledger, perform
from cycles.workflow import Windows

AT = datetime(2026, 2, 1, 10, 0, tzinfo=timezone(timedelta(hours=3, minutes=30)))


def write(subjects, *, by=None, note="", facts=None):
    move = ADMINISTRATION["declare_interest"]
    params = facts or [{}] * len(subjects)
    acts = [ledger.Act(obj, "", each) for obj, each in zip(subjects, params, strict=True)]
    return ledger.append(ADMINISTRATION, move, acts, by=by, at=AT, windows=Windows(()), note=note)


def subject(agency):
    return perform.AdministrationTarget(agency, agency)
