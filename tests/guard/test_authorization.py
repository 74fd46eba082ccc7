"""The authorization walk: every address, called by everybody, is open to exactly those whom the
reviewed table names.

Objects are the power ministry's (`staff`, `head` belong to it; `other_…` to the health ministry;
`unit_head` to its Qazvin unit). Open means an answer other than 404 or the way to the sign-in page;
what an open POST then does is for the actions' own guard (tests/guard/test_actions.py). `public`
stands for a visitor who has not signed in.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from PIL import Image

from agencies.models import User
from cycles.calendar import Phase
from cycles.jobs import actions as jobs
from cycles.models import Delivery, Extension, Holiday, Participation
from festival.models import Edition, Report
from festival.open_data import files as open_data_files
from indicators.models import AgendaItem, Measure, Meeting
from submissions.models import Evidence, ScoreRun, Upload
from tests.factories import World, ask, build, deputise, plan_of, report_of, shown
from tests.festival.conftest import decree
from tests.guard.walks.reading import faults_of_reading, readers, written
from tests.guard.walks.stages import Stages, cookies_of, taken_back
from tests.jobs import failed_job, waiting_job
from tests.worlds.answers import (
    apart,
    concluded,
    declare,
    exhibit,
    expense,
    factor,
    power_line,
    reference,
    review_task,
    signed_version,
    sitting,
    to_verify,
)
from tests.worlds.appointments import nomination
from tests.worlds.awards import award, category, ceremony, minutes
from tests.worlds.closing import (
    consequence,
    consequence_rule,
    earlier_plan,
    followed_up,
    improvement_item,
    lettered,
    plan_for_improvement,
    survey,
)
from tests.worlds.comments import comment
from tests.worlds.hearings import attachment, correction, filing, question, wrong
from tests.worlds.indices import index, index_report, recommendation, region
from tests.worlds.institution import (
    goal,
    health_set,
    last_year,
    meeting,
    part,
    power_measure,
    suggestion,
)
from tests.worlds.reorganisations import waiting_change

EVERYBODY = {
    "staff", "head", "deputy", "headquarters", "agency_administrator", "other_staff", "other_head", "unit_head",
    "administrator", "provincial_administrator", "member", "chair", "budget", "representative", "expert",
    "assessor", "other_assessor", "provincial_assessor", "steward", "reviewer", "auditor", "stranger", "interested",
}  # fmt: skip
PUBLIC = EVERYBODY | {"public"}
OWN = {"staff", "head", "deputy", "headquarters", "agency_administrator"}
SEES_STAFF = {"staff", "head", "deputy", "agency_administrator", "administrator", "auditor"}
"""Who sees one of the power ministry's staff as a person: its heads and its administrator, and the
authority.
"""
ASSESSORS = {"assessor", "other_assessor", "provincial_assessor", "interested"}
HEADS = {"head", "other_head", "unit_head"}
NATIONAL = {"administrator", "auditor"}
OVERSEERS = NATIONAL | {"provincial_administrator"}
STAFFED = {"staff", "head", "deputy", "other_staff", "other_head", "unit_head"}
"""Who answers for an agency that takes part."""
GROUP = {"member", "chair", "budget", "expert"}
IN_GROUP = OVERSEERS | GROUP | {"representative"}
SEES_POWER = (
    OWN
    | NATIONAL
    | GROUP
    | {"representative", "unit_head", "assessor", "other_assessor", "interested", "reviewer"}
)
"""Who sees the power ministry's own set once it is communicated; its unit does, whose targets come
from it.
"""

# Rows: address, methods, stage of the world, who; written by hand and reviewed.
ROWS: list[tuple[str, str, str, set[str]]] = [
    ("entrance", "GET", "people", PUBLIC),
    ("healthz", "GET", "people", PUBLIC),
    ("readyz", "GET", "people", PUBLIC),
    ("metrics", "GET", "people", PUBLIC),
    ("security_txt", "GET", "people", PUBLIC),
    ("record_json", "GET", "people", PUBLIC),
    ("home", "GET", "filed", EVERYBODY),
    ("account", "GET", "people", EVERYBODY),
    ("onward", "GET", "people", EVERYBODY),
    # who and when
    ("cycles:list", "GET", "open", EVERYBODY),
    ("cycles:plan", "GET POST", "open", {"administrator"}),
    ("cycles:practice", "POST", "people", {"administrator"}),
    ("cycles:detail", "GET", "open", EVERYBODY),
    ("cycles:detail", "GET", "planned", OVERSEERS),
    ("cycles:move", "GET POST", "planned", OVERSEERS),
    ("cycles:windows", "GET POST", "planned", OVERSEERS),
    ("cycles:extend", "GET POST", "open", EVERYBODY),
    ("cycles:decree", "GET", "open", EVERYBODY),
    ("cycles:holidays", "GET", "open", OVERSEERS),
    ("cycles:holiday_add", "POST", "open", {"administrator"}),
    ("cycles:holidays_expected", "POST", "open", {"administrator"}),
    ("cycles:holiday_strike", "POST", "open", {"administrator"}),
    ("cycles:participants", "GET", "open", EVERYBODY),
    ("cycles:agencies", "GET", "open", EVERYBODY),
    ("cycles:agencies_export", "GET", "open", EVERYBODY),
    ("cycles:agencies_import", "GET POST", "open", {"administrator"}),
    ("cycles:agency", "GET", "open", OWN | NATIONAL),
    ("cycles:register_change", "GET POST", "open", {"administrator"}),
    ("cycles:register_withdraw", "GET POST", "open", {"administrator"}),
    ("cycles:people", "GET", "open", EVERYBODY),
    ("cycles:person", "GET", "open", SEES_STAFF),
    (
        "cycles:invite",
        "GET POST",
        "people",
        {"administrator", "provincial_administrator", "agency_administrator"},
    ),
    ("cycles:grant", "GET POST", "open", {"administrator", "agency_administrator"}),
    ("cycles:end_role", "GET POST", "open", SEES_STAFF),
    ("cycles:invite_again", "POST", "open", SEES_STAFF),
    ("cycles:remove_leaver", "GET POST", "open", SEES_STAFF - {"staff"}),
    ("cycles:reset_factor", "GET POST", "open", {"administrator"}),
    ("cycles:close_account", "GET POST", "open", {"administrator", "agency_administrator"}),
    ("cycles:open_account", "GET POST", "open", {"administrator", "agency_administrator"}),
    ("cycles:identify", "GET POST", "open", {"administrator"}),
    ("cycles:nominations", "GET", "open", NATIONAL),
    ("cycles:nomination_decide", "GET POST", "open", NATIONAL),
    ("cycles:delegation", "GET POST", "people", HEADS),
    ("cycles:interests", "GET POST", "open", EVERYBODY),
    ("cycles:interests_state", "POST", "open", EVERYBODY),
    ("cycles:ledger", "GET", "open", OVERSEERS),
    ("cycles:ledger_export", "GET", "open", OVERSEERS),
    ("cycles:ledger_verify", "POST", "open", NATIONAL),
    ("cycles:jobs", "GET", "open", NATIONAL),
    ("cycles:job_try_again", "GET POST", "open", NATIONAL),
    ("cycles:job_stop", "GET POST", "open", NATIONAL),
    ("cycles:send_again", "GET POST", "open", {"administrator"}),
    ("cycles:seals", "GET", "open", PUBLIC),
    ("cycles:inbox", "GET", "open", EVERYBODY),
    ("cycles:notice", "GET", "open", {"staff"}),
    ("cycles:notices_seen", "POST", "open", EVERYBODY),
    ("cycles:notice_settings", "GET POST", "open", EVERYBODY),
    ("cycles:unseen", "GET", "open", OVERSEERS),
    ("cycles:unseen_people", "GET", "communicated", NATIONAL),
    # what is asked
    ("indicators:list", "GET", "proposed", EVERYBODY),
    ("indicators:new", "POST", "open", EVERYBODY),
    ("indicators:frameworks", "GET", "people", EVERYBODY),
    ("indicators:framework", "GET", "people", EVERYBODY),
    ("indicators:communicate_all", "GET POST", "approved", NATIONAL),
    ("indicators:detail", "GET", "drafted", OWN | NATIONAL),
    ("indicators:detail", "GET", "proposed", OWN | NATIONAL | GROUP | {"representative"}),
    ("indicators:detail", "GET", "communicated", SEES_POWER),
    ("indicators:move", "GET POST", "proposed", OWN | NATIONAL | GROUP | {"representative"}),
    ("indicators:vote", "GET POST", "proposed", OWN | NATIONAL | GROUP | {"representative"}),
    ("indicators:rank", "GET POST", "proposed", OWN | NATIONAL | GROUP | {"representative"}),
    ("indicators:review", "GET", "drafted", OWN | NATIONAL),
    ("indicators:review", "GET", "proposed", OWN | NATIONAL | GROUP | {"representative"}),
    ("indicators:vote_measure", "POST", "proposed", OWN | NATIONAL | GROUP | {"representative"}),
    ("indicators:comment", "POST", "proposed", OWN | NATIONAL | GROUP | {"representative"}),
    ("indicators:suggest", "POST", "proposed", OWN | NATIONAL | GROUP | {"representative"}),
    ("indicators:settle", "POST", "proposed", OWN | NATIONAL | GROUP | {"representative"}),
    ("indicators:take_suggestion", "POST", "proposed", OWN | NATIONAL | GROUP | {"representative"}),
    ("indicators:board", "GET", "proposed", EVERYBODY),
    ("indicators:groups", "GET", "proposed", IN_GROUP),
    ("indicators:rules", "GET POST", "open", IN_GROUP),
    ("indicators:convene", "GET POST", "proposed", IN_GROUP),
    ("indicators:meeting", "GET", "proposed", NATIONAL | GROUP | {"representative"}),
    ("indicators:minute", "GET POST", "proposed", NATIONAL | GROUP | {"representative"}),
    ("indicators:cancel", "GET POST", "proposed", NATIONAL | GROUP | {"representative"}),
    ("indicators:minutes_file", "GET", "proposed", set()),
    ("indicators:minutes_file", "GET", "minuted", OWN | NATIONAL | GROUP | {"representative"}),
    ("indicators:bank", "GET", "communicated", EVERYBODY),
    ("indicators:series", "GET", "communicated", SEES_POWER),
    ("indicators:copy", "POST", "drafted", OWN | NATIONAL),
    ("indicators:issue", "POST", "drafted", OWN | NATIONAL),
    ("indicators:take", "POST", "drafted", OWN | NATIONAL),
    ("indicators:differences", "GET", "drafted", OWN | NATIONAL),
    ("indicators:changes", "GET", "drafted", OWN | NATIONAL),
    ("indicators:share", "GET POST", "drafted", OWN | NATIONAL),
    ("indicators:take_share", "POST", "drafted", {"other_staff", "other_head"} | NATIONAL),
    ("indicators:axis_new", "GET POST", "drafted", OWN | NATIONAL),
    ("indicators:axis_edit", "GET POST", "drafted", OWN | NATIONAL),
    ("indicators:axis_remove", "POST", "drafted", OWN | NATIONAL),
    ("indicators:goal_new", "GET POST", "drafted", OWN | NATIONAL),
    ("indicators:goal_edit", "GET POST", "drafted", OWN | NATIONAL),
    ("indicators:goal_remove", "POST", "drafted", OWN | NATIONAL),
    ("indicators:grid", "GET POST", "communicated", SEES_POWER),
    ("indicators:fill", "POST", "drafted", OWN | NATIONAL),
    ("indicators:files", "GET", "drafted", OWN | NATIONAL),
    ("indicators:export", "GET", "drafted", OWN | NATIONAL),
    ("indicators:template", "GET", "people", EVERYBODY),
    ("indicators:import", "GET POST", "drafted", OWN | NATIONAL),
    ("indicators:measure_new", "GET POST", "drafted", OWN | NATIONAL),
    ("indicators:measure_edit", "GET POST", "drafted", OWN | NATIONAL),
    ("indicators:measure_remove", "POST", "drafted", OWN | NATIONAL),
    ("indicators:plans", "GET", "communicated", EVERYBODY),
    ("indicators:plan", "GET POST", "communicated", OWN | NATIONAL),
    ("indicators:plan_move", "GET POST", "communicated", OWN | NATIONAL),
    ("indicators:quarter", "GET POST", "communicated", OWN | NATIONAL),
    ("indicators:quarter_move", "GET POST", "communicated", OWN | NATIONAL),
    # what is answered
    ("submissions:list", "GET", "answered", EVERYBODY),
    ("submissions:export", "GET", "answered", EVERYBODY),
    ("submissions:begin", "POST", "communicated", OWN | NATIONAL),
    ("submissions:detail", "GET", "answered", OWN | NATIONAL),
    ("submissions:detail", "GET", "assigned", OWN | NATIONAL | {"assessor"}),
    ("submissions:detail", "GET", "scored", OWN | NATIONAL | {"assessor", "reviewer"}),
    ("submissions:review", "GET", "answered", OWN | NATIONAL),
    ("submissions:move", "GET POST", "answered", OWN | NATIONAL),
    ("submissions:answer", "POST", "answered", OWN | NATIONAL),
    ("submissions:import", "GET POST", "answered", OWN | NATIONAL),
    ("submissions:answers_file", "GET", "answered", OWN | NATIONAL),
    ("submissions:answers_file", "GET", "assigned", OWN | NATIONAL | {"assessor"}),
    ("submissions:answers_template", "GET", "people", EVERYBODY),
    ("submissions:grid", "GET POST", "answered", {"headquarters", "head", "deputy"}),
    ("submissions:units_document", "POST", "answered", {"headquarters", "head", "deputy"}),
    ("submissions:declaration", "GET POST", "answered", OWN | NATIONAL),
    ("submissions:declaration", "GET", "assigned", OWN | NATIONAL | {"assessor"}),
    ("submissions:declaration_judge", "POST", "answered", OWN | NATIONAL),
    ("submissions:declaration_judge", "POST", "assigned", OWN | NATIONAL | {"assessor"}),
    ("submissions:attach", "GET POST", "answered", OWN | NATIONAL),
    ("submissions:files", "GET", "answered", OWN | NATIONAL),
    ("submissions:files", "GET", "assigned", OWN | NATIONAL | {"assessor"}),
    ("submissions:held", "GET", "answered", OWN),
    ("submissions:held", "GET", "assigned", OWN),
    ("submissions:reuse", "POST", "answered", OWN),
    ("submissions:uploads", "POST", "answered", OWN | NATIONAL),
    ("submissions:upload", "HEAD PATCH DELETE", "answered", {"staff"}),
    ("submissions:share_out", "POST", "answered", OWN | NATIONAL),
    ("submissions:ready", "POST", "answered", OWN | NATIONAL),
    ("submissions:comment", "POST", "answered", OWN | NATIONAL),
    ("submissions:factor", "POST", "answered", OWN | NATIONAL),
    ("submissions:factor_withdraw", "POST", "answered", OWN | NATIONAL),
    ("submissions:factor_judge", "POST", "answered", OWN | NATIONAL),
    ("submissions:factor_judge", "POST", "assigned", OWN | NATIONAL | {"assessor"}),
    ("submissions:version", "GET", "submitted", OWN | NATIONAL),
    ("submissions:version", "GET", "assigned", OWN | NATIONAL | {"assessor"}),
    ("submissions:version_content", "GET", "submitted", OWN | NATIONAL),
    ("submissions:take_up", "POST", "answered", OWN | NATIONAL),
    ("submissions:receipt", "GET", "submitted", OWN | NATIONAL),
    ("verify", "GET", "submitted", PUBLIC),
    ("submissions:evidence", "GET", "answered", OWN | NATIONAL),
    ("submissions:evidence", "GET", "assigned", OWN | NATIONAL | {"assessor"}),
    ("submissions:preview", "GET", "answered", OWN | NATIONAL),
    ("submissions:preview", "GET", "assigned", OWN | NATIONAL | {"assessor"}),
    ("submissions:picture", "GET", "answered", OWN | NATIONAL),
    ("submissions:picture", "GET", "assigned", OWN | NATIONAL | {"assessor"}),
    ("submissions:refer", "POST", "answered", OWN | NATIONAL),
    ("submissions:detach", "POST", "answered", OWN | NATIONAL),
    ("submissions:line", "GET", "answered", OWN | NATIONAL),
    ("submissions:line", "GET", "assigned", OWN | NATIONAL | {"assessor"}),
    ("submissions:ask", "POST", "assigned", OWN | NATIONAL | {"assessor"}),
    ("submissions:reply", "POST", "asked", OWN | NATIONAL | {"assessor"}),
    ("submissions:report", "GET", "marked", NATIONAL),
    ("submissions:report", "GET", "scored", OWN | NATIONAL | {"reviewer"}),
    ("submissions:report_file", "GET", "marked", NATIONAL),
    ("submissions:report_file", "GET", "scored", OWN | NATIONAL | {"reviewer"}),
    ("submissions:extract", "GET", "marked", NATIONAL),
    ("submissions:extract", "GET", "scored", OWN | NATIONAL | {"reviewer"}),
    ("submissions:extract_file", "GET", "marked", NATIONAL),
    ("submissions:extract_file", "GET", "scored", OWN | NATIONAL | {"reviewer"}),
    ("submissions:blocks", "GET", "assigned", EVERYBODY),
    ("submissions:block", "GET", "assigned", {"assessor"}),
    ("submissions:marks", "POST", "assigned", {"assessor"}),
    ("submissions:hand_in", "GET POST", "assigned", {"assessor"}),
    ("submissions:reconciliations", "GET", "assigned", EVERYBODY),
    (
        "submissions:reconciliation",
        "GET POST",
        "assigned",
        NATIONAL | {"assessor", "other_assessor"},
    ),
    ("submissions:trainings", "GET", "assigned", ASSESSORS),
    ("submissions:training_begin", "POST", "assigned", EVERYBODY),
    ("submissions:calibration", "GET POST", "assigned", NATIONAL | {"assessor"}),
    ("submissions:references", "GET POST", "assigned", OVERSEERS),
    ("submissions:reference_withdraw", "POST", "assigned", OVERSEERS),
    ("submissions:verifications", "GET", "assigned", EVERYBODY),
    ("submissions:verification", "GET POST", "assigned", NATIONAL | {"other_assessor"}),
    ("submissions:verification", "GET", "marked", NATIONAL | {"assessor", "other_assessor"}),
    (
        "submissions:verification",
        "GET",
        "scored",
        OWN | NATIONAL | {"assessor", "other_assessor", "reviewer"},
    ),
    ("submissions:exhibit", "GET", "assigned", {"other_assessor"}),
    (
        "submissions:exhibit",
        "GET",
        "scored",
        OWN | NATIONAL | {"assessor", "other_assessor", "reviewer"},
    ),
    ("submissions:sample", "GET POST", "marked", OVERSEERS),
    ("submissions:costs", "GET POST", "marked", NATIONAL),
    ("submissions:expense_strike", "POST", "marked", NATIONAL),
    ("submissions:close_task", "GET POST", "marked", NATIONAL),
    ("submissions:assign", "GET POST", "assigned", NATIONAL),
    ("submissions:board", "GET", "assigned", OVERSEERS),
    ("submissions:marks_export", "GET", "marked", NATIONAL),
    ("submissions:assign_all", "POST", "assigned", OVERSEERS),
    ("submissions:compute", "POST", "marked", OVERSEERS),
    ("submissions:communicate_all", "GET POST", "marked", OVERSEERS),
    ("submissions:reliability", "GET POST", "marked", {"administrator", "auditor"}),
    ("submissions:run", "GET", "marked", OVERSEERS),
    # what stewards supply
    ("submissions:stewards", "GET POST", "assigned", OVERSEERS),
    ("submissions:stewardships", "GET", "assigned", EVERYBODY),
    ("submissions:stewardship", "GET POST", "assigned", OVERSEERS | {"steward"}),
    ("submissions:figures_import", "GET POST", "assigned", OVERSEERS | {"steward"}),
    ("submissions:figures_file", "GET", "assigned", {"steward"}),
    ("submissions:supply", "GET POST", "assigned", OVERSEERS | {"steward"}),
    ("submissions:open_again", "GET POST", "marked", OVERSEERS | {"steward"}),
    ("submissions:source", "POST", "assigned", OVERSEERS | {"steward"}),
    ("submissions:source", "GET", "marked", OVERSEERS | {"steward"}),
    ("submissions:source", "GET", "scored", OVERSEERS | OWN | {"steward", "reviewer"}),
    # what is contested
    ("appeals:list", "GET", "filed", EVERYBODY),
    ("appeals:agency", "GET", "filed", OWN | NATIONAL | {"reviewer"}),
    ("appeals:file", "GET POST", "drafted_appeal", OWN | NATIONAL | {"reviewer"}),
    ("appeals:filing", "GET", "filed", OWN | NATIONAL | {"reviewer"}),
    ("appeals:filing_content", "GET", "filed", OWN | NATIONAL | {"reviewer"}),
    ("appeals:receipt", "GET", "filed", OWN | NATIONAL | {"reviewer"}),
    ("appeals:attachment", "GET", "drafted_appeal", OWN),
    ("appeals:attachment", "GET", "filed", OWN | NATIONAL | {"reviewer"}),
    ("verify_appeals", "GET", "filed", PUBLIC),
    ("appeals:line", "GET", "scored", OWN | NATIONAL | {"reviewer"}),
    ("appeals:draft", "GET POST", "scored", OWN),
    ("appeals:detail", "GET", "drafted_appeal", OWN),
    ("appeals:detail", "GET", "filed", OWN | NATIONAL | {"reviewer"}),
    ("appeals:paper", "GET", "filed", OWN | NATIONAL | {"reviewer"}),
    ("appeals:bundle", "GET", "filed", OWN | NATIONAL | {"reviewer"}),
    ("appeals:ask", "POST", "heard", OWN | NATIONAL | {"reviewer"}),
    ("appeals:reply", "POST", "heard", OWN | NATIONAL | {"reviewer"}),
    ("appeals:hand_over", "POST", "heard", OWN | NATIONAL | {"reviewer"}),
    ("appeals:share_out", "POST", "heard", OVERSEERS),
    ("appeals:outcomes", "GET", "heard", OVERSEERS),
    ("appeals:correct", "GET POST", "decided", {"administrator"}),
    ("appeals:correction", "GET", "decided", OVERSEERS),
    ("appeals:flags", "GET", "communicated", SEES_POWER),
    ("appeals:decide", "GET POST", "heard", OWN | NATIONAL | {"reviewer"}),
    ("appeals:move", "GET POST", "filed", OWN | NATIONAL | {"reviewer"}),
    # what is published
    ("festival:results", "GET", "scheduled", PUBLIC),
    ("festival:edition", "GET", "scheduled", set()),
    ("festival:edition", "GET", "out", PUBLIC),
    ("festival:ranking_file", "GET", "scheduled", set()),
    ("festival:ranking_file", "GET", "out", PUBLIC),
    ("festival:agency", "GET", "scheduled", PUBLIC),
    ("festival:report_archive", "GET", "scheduled", NATIONAL),
    ("festival:report_archive", "GET", "out", PUBLIC),
    ("festival:method", "GET", "people", PUBLIC),
    ("festival:measure", "GET POST", "scheduled", set()),
    ("festival:measure", "GET POST", "out", PUBLIC),
    ("festival:comments", "GET", "out", {"administrator"}),
    ("festival:comment_publish", "POST", "out", {"administrator"}),
    ("festival:comment_reject", "POST", "out", {"administrator"}),
    ("festival:comments_of_set", "GET", "drafted", OWN | NATIONAL),
    ("festival:comments_of_set", "GET", "communicated", SEES_POWER),
    ("festival:report_file", "GET", "scheduled", NATIONAL),
    ("festival:report_file", "GET", "out", PUBLIC),
    ("festival:manage", "GET", "final", NATIONAL),
    ("festival:finalise", "GET POST", "decided", NATIONAL),
    ("festival:schedule", "GET POST", "final", NATIONAL),
    ("festival:revise", "GET POST", "final", NATIONAL),
    ("festival:edition_of_number", "GET", "scheduled", set()),
    ("festival:edition_of_number", "GET", "out", PUBLIC),
    ("festival:what_if", "GET", "final", NATIONAL),
    ("api_openapi", "GET", "people", PUBLIC),
    ("api_editions", "GET", "scheduled", PUBLIC),
    ("api_edition", "GET", "scheduled", set()),
    ("api_edition", "GET", "out", PUBLIC),
    ("api_rankings", "GET", "scheduled", set()),
    ("api_rankings", "GET", "out", PUBLIC),
    ("api_agency", "GET", "scheduled", PUBLIC),
    ("api_lines", "GET", "scheduled", set()),
    ("api_lines", "GET", "out", PUBLIC),
    ("festival:followed", "GET", "scheduled", set()),
    ("festival:followed", "GET", "out", PUBLIC),
    ("data", "GET", "scheduled", PUBLIC),
    ("data_catalog", "GET", "scheduled", PUBLIC),
    ("data_folder", "GET", "scheduled", PUBLIC),
    ("data_file", "GET", "scheduled", NATIONAL),
    ("data_file", "GET", "out", PUBLIC),
    ("festival:downloads", "GET", "scheduled", set()),
    ("festival:downloads", "GET", "out", PUBLIC),
    ("festival:ask_for_report", "POST", "final", NATIONAL),
    ("festival:report_progress", "GET", "final", NATIONAL),
    ("festival:cancel_report", "GET POST", "final", NATIONAL),
    ("festival:report_texts", "GET", "final", NATIONAL),
    ("festival:report_text", "GET POST", "final", NATIONAL),
    ("festival:approve_report", "GET POST", "final", NATIONAL),
    ("festival:deliver", "GET POST", "final", NATIONAL),
    # international indices
    ("festival:indices", "GET", "people", PUBLIC),
    ("festival:indices_file", "GET", "people", PUBLIC),
    ("festival:indices_chapter", "GET", "people", PUBLIC),
    ("festival:index", "GET", "people", PUBLIC),
    ("festival:index_file", "GET", "people", PUBLIC),
    ("festival:register_load", "POST", "people", {"administrator"}),
    ("festival:index_new", "GET POST", "people", {"administrator"}),
    ("festival:index_edit", "GET POST", "people", {"administrator"}),
    ("festival:edition_new", "GET POST", "people", {"administrator"}),
    ("festival:index_import", "GET POST", "people", {"administrator"}),
    ("festival:regions", "GET", "people", {"administrator"}),
    ("festival:region_new", "GET POST", "people", {"administrator"}),
    ("festival:region_edit", "GET POST", "people", {"administrator"}),
    ("festival:recommend", "GET POST", "people", {"administrator"}),
    ("festival:recommendation_approve", "GET POST", "people", {"administrator"}),
    ("festival:index_reports", "GET", "people", EVERYBODY),
    ("festival:index_report", "GET POST", "people", {"staff", "head", "deputy"}),
    ("festival:index_report_send", "GET POST", "people", {"staff", "head", "deputy"}),
    # what follows from results
    ("festival:improvements", "GET", "scored", EVERYBODY),
    ("festival:improvements_file", "GET", "scored", EVERYBODY),
    ("festival:improvement_begin", "POST", "scored", OWN | NATIONAL | {"reviewer", "assessor"}),
    ("festival:improvement", "GET", "scored", OWN | NATIONAL),
    ("festival:findings", "GET POST", "scored", OWN | NATIONAL),
    ("festival:improvement_item_new", "GET POST", "scored", OWN | NATIONAL),
    ("festival:improvement_item", "GET POST", "scored", OWN | NATIONAL),
    ("festival:improvement_strike", "POST", "scored", OWN | NATIONAL),
    ("festival:improvement_progress", "GET POST", "scored", OWN | NATIONAL),
    ("festival:improvement_move", "GET POST", "scored", OWN | NATIONAL),
    ("festival:last_plan", "GET", "answered", OWN | NATIONAL),
    ("festival:last_plan", "GET", "assigned", OWN | NATIONAL | {"assessor"}),
    ("festival:consequences", "GET", "scheduled", NATIONAL),
    ("festival:consequences", "GET", "out", OVERSEERS),
    ("festival:consequence_settle", "POST", "open", NATIONAL),
    ("festival:consequence_strike", "POST", "open", NATIONAL),
    ("festival:consequences_draw", "POST", "final", NATIONAL),
    ("festival:consequence", "GET", "scheduled", NATIONAL),
    ("festival:consequence", "GET", "out", OWN | NATIONAL),
    ("festival:consequence_letter", "GET POST", "scheduled", NATIONAL),
    ("festival:consequence_letter", "GET POST", "out", OWN | NATIONAL),
    ("festival:consequence_waive", "GET POST", "scheduled", NATIONAL),
    ("festival:consequence_waive", "GET POST", "out", OWN | NATIONAL),
    ("festival:consequence_file", "GET", "scheduled", NATIONAL),
    ("festival:consequence_file", "GET", "out", OWN | NATIONAL),
    ("festival:survey_new", "GET POST", "open", NATIONAL),
    ("festival:survey", "GET", "open", OVERSEERS | STAFFED),
    ("festival:survey_answer", "GET POST", "open", {"staff", "head", "deputy"}),
    ("festival:closing", "GET", "scheduled", NATIONAL),
    ("festival:lessons", "GET", "scheduled", NATIONAL),
    ("festival:lessons", "GET", "out", IN_GROUP),
    ("festival:lessons_of_set", "GET", "communicated", SEES_POWER),
    # awards
    ("festival:award_years", "GET", "scheduled", PUBLIC),
    ("festival:awards", "GET", "scheduled", set()),
    ("festival:awards", "GET", "out", PUBLIC),
    ("festival:certificate", "GET", "scheduled", NATIONAL),
    ("festival:certificate", "GET", "out", PUBLIC),
    ("verify_certificates", "GET", "scheduled", set()),
    ("verify_certificates", "GET", "out", PUBLIC),
    ("festival:ceremony_list", "GET", "scheduled", NATIONAL),
    ("festival:ceremony_list", "GET", "out", PUBLIC),
    ("festival:ceremony_list_file", "GET", "scheduled", NATIONAL),
    ("festival:ceremony_list_file", "GET", "out", PUBLIC),
    ("festival:ceremonies", "GET POST", "final", OVERSEERS),
    ("festival:award_categories", "GET POST", "final", OVERSEERS),
    ("festival:award_category_new", "GET POST", "final", OVERSEERS),
    ("festival:award_category", "GET POST", "final", OVERSEERS),
    ("festival:ceremony", "GET", "final", NATIONAL),
    ("festival:ceremony_edit", "GET POST", "final", NATIONAL),
    ("festival:minutes_new", "GET POST", "final", NATIONAL),
    ("festival:award_propose", "POST", "final", NATIONAL),
    ("festival:award_add", "GET POST", "final", NATIONAL),
    ("festival:award_decide", "GET POST", "final", NATIONAL),
    ("festival:award_move", "GET POST", "final", NATIONAL),
    ("festival:minutes", "GET", "out", NATIONAL),
    ("festival:minutes_paper", "GET", "out", NATIONAL),
    # what the authority owes
    ("festival:duties", "GET", "filed", OVERSEERS),
    ("festival:duties_file", "GET", "filed", OVERSEERS),
    ("festival:timeline", "GET", "planned", PUBLIC),
    ("festival:timeline", "GET", "scheduled", PUBLIC),
    ("festival:timeline_feed", "GET", "scheduled", PUBLIC),
]

BODIES: dict[str, Callable[[World], dict[str, Any]]] = {
    "indicators:new": lambda w: {"cycle": w.cycle.pk}
}
"""What a POST must carry for its object to be found."""

HEADERS = {
    "submissions:uploads": {
        "Tus-Resumable": "1.0.0",
        "Upload-Length": "2",
        "Upload-Metadata": "filename eC50eHQ=",
    },
    "submissions:upload": {"Tus-Resumable": "1.0.0", "Upload-Offset": "1"},
}
"""What a script sends with a call."""

LIBRARY = ("account_", "allauth", "socialaccount", "mfa_", "usersessions")
"""Addresses that come with django-allauth and are about the visitor's own account."""


def names(resolver: URLResolver, namespace: str = "") -> set[str]:
    found = set()
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            found |= names(pattern, f"{pattern.namespace}:" if pattern.namespace else namespace)
        elif isinstance(pattern, URLPattern):
            found.add(f"{namespace}{pattern.name}")
    return found


def without_row(found: set[str]) -> set[str]:
    """Answer with the addresses of our own that the table lacks."""
    ours = {name for name in found if not name.startswith(LIBRARY)}
    return ours - {name for name, *_rest in ROWS}


def test_every_address_has_a_row() -> None:
    found = names(get_resolver())

    assert without_row(found) == set()
    assert {name for name, *_rest in ROWS} - found == set()


def lay_out(stage: str) -> World:
    """The world of a row of the table, with a deputy."""
    world = build(
        {"out": "scheduled", "asked": "assigned", "minuted": "proposed"}.get(stage, stage)
    )
    if stage == "minuted":
        held = agenda(world)
        Meeting.objects.filter(pk=held.pk).update(state="held", minutes="x", minuted_by=world.chair)
    if stage == "asked":
        ask(world)
    if stage == "out":
        world.at = world.edition.publish_at
    deputise(world)
    return world


@pytest.fixture
def world_at() -> Callable[[str], World]:
    return lay_out


def power_file(w: World) -> Evidence:
    """A file with one picture."""
    file = shown(w, power_line(w), pages=1, drawn_at=w.at)
    drawn = BytesIO()
    Image.new("RGB", (30, 40), "white").save(drawn, "PNG")
    default_storage.save(file.document.picture(1), ContentFile(drawn.getvalue()))
    return file


def power_upload(w: World) -> Upload:
    """One byte of two has come in."""
    facts = {"by": w.staff, "name": "x.txt", "length": 2, "begun_at": w.at}
    upload = Upload.objects.create(answer=power_line(w), **facts)
    upload.path.parent.mkdir(exist_ok=True)
    upload.path.write_bytes(b"x")
    return upload


def notice_of(person: User, **facts: Any) -> Delivery:
    """The newest notice in somebody's inbox."""
    return Delivery.objects.filter(recipient=person, channel="inbox", **facts).latest("pk")


def extension(w: World) -> Extension:
    """A decree that concerns all."""
    until = w.closes(Phase.SELF_ASSESSMENT) + timedelta(days=7)
    return Extension.objects.filter(cycle=w.cycle).first() or decree(
        w, Phase.SELF_ASSESSMENT, until
    )


def holiday(w: World) -> Holiday:
    """A listed holiday, struck or not."""
    day = date(2026, 4, 22)
    return Holiday.objects.get_or_create(day=day, defaults={"name_fa": "نمونه"})[0]


def agenda(w: World) -> Meeting:
    """A meeting with the power ministry's set on its agenda."""
    called = meeting(w)
    AgendaItem.objects.get_or_create(meeting=called, set=w.specific, defaults={"position": 1})
    return called


def article_82(w: World) -> Report:
    return Report.objects.create(
        edition=w.edition, language="fa", asked_by=w.administrator, asked_at=w.at, finished_at=w.at,
        first_approved_at=w.at, first_approved_by=w.administrator, approved_at=w.at, approved_by=w.auditor,
        file=ContentFile(b"%PDF-1.7", name="x"),
        archive=ContentFile(b"%PDF-1.7", name="x"),
    )  # fmt: skip


def drawing(w: World) -> Report:
    """A report that is being drawn up."""
    edition = Edition.objects.get(pk=w.edition.pk)
    report = Report.objects.create(
        edition=edition, language="fa", asked_by=w.administrator, asked_at=w.at
    )
    jobs.order("report", report, by=w.administrator, at=w.at)
    return report


def published_file(w: World) -> str:
    """The lines of the world's edition, as a file of its open data."""
    open_data_files.write(w.edition, at=w.at)
    return "lines.csv"


def address(name: str, w: World) -> str:
    """The address of the power ministry's own object on each page."""
    year = w.cycle.year if w.cycle else 0
    specific = (w.specific.pk,) if w.specific else ()
    arguments: dict[str, Callable[[], tuple[Any, ...]]] = {
        "cycles:detail": lambda: (year,),
        "cycles:job_try_again": lambda: (failed_job(w).pk,),
        "cycles:job_stop": lambda: (waiting_job(w).pk,),
        "cycles:move": lambda: (year,),
        "cycles:windows": lambda: (year,),
        "cycles:extend": lambda: (year,),
        "cycles:decree": lambda: (extension(w).pk,),
        "cycles:holidays_expected": lambda: (1405,),
        "cycles:holiday_strike": lambda: (holiday(w).pk,),
        "cycles:participants": lambda: (year,),
        "cycles:agencies_export": lambda: ("csv",),
        "cycles:agency": lambda: (w.power.code,),
        "cycles:register_change": lambda: (w.power.code, "renamed"),
        "cycles:register_withdraw": lambda: (waiting_change(w).pk,),
        "cycles:person": lambda: (w.staff.pk,),
        "cycles:grant": lambda: (w.staff.pk,),
        "cycles:notice": lambda: (notice_of(w.staff).pk,),
        "cycles:unseen_people": lambda: (notice_of(w.staff, is_official=True).entry_id,),
        "cycles:end_role": lambda: (w.staff.membership_set.get().pk,),
        "cycles:invite_again": lambda: (w.staff.membership_set.get().pk,),
        "cycles:remove_leaver": lambda: (w.staff.pk, w.power.pk),
        "cycles:reset_factor": lambda: (w.staff.pk,),
        "cycles:close_account": lambda: (w.staff.pk,),
        "cycles:open_account": lambda: (w.staff.pk,),
        "cycles:identify": lambda: (w.staff.pk,),
        "cycles:nomination_decide": lambda: (nomination(w).pk, "confirm"),
        "indicators:communicate_all": lambda: (year,),
        "indicators:framework": lambda: ("part",),
        "indicators:move": lambda: (*specific, "approve"),
        "indicators:template": lambda: ("measures", "csv"),
        "indicators:export": lambda: (*specific, "measures", "csv"),
        "indicators:import": lambda: (*specific, "measures"),
        "indicators:measure_edit": lambda: (*specific, Measure.objects.of(w.specific).first().pk),
        "indicators:measure_remove": lambda: (*specific, Measure.objects.of(w.specific).first().pk),
        "indicators:share": lambda: (*specific, power_measure(w).pk),
        "indicators:review": lambda: (*specific, power_measure(w).lineage),
        "indicators:vote_measure": lambda: (*specific, power_measure(w).lineage),
        "indicators:comment": lambda: (*specific, power_measure(w).lineage),
        "indicators:suggest": lambda: (*specific, power_measure(w).lineage),
        "indicators:settle": lambda: (*specific, power_measure(w).lineage),
        "indicators:series": lambda: (power_measure(w).lineage,),
        "indicators:take_suggestion": lambda: (*specific, suggestion(w).pk),
        "indicators:take": lambda: (*specific, Measure.objects.of(last_year(w)).first().pk),
        "indicators:take_share": lambda: (health_set(w).pk, part(w).pk),
        "indicators:axis_edit": lambda: (*specific, w.specific.axes.first().pk),
        "indicators:axis_remove": lambda: (*specific, w.specific.axes.first().pk),
        "indicators:goal_edit": lambda: (*specific, goal(w).pk),
        "indicators:goal_remove": lambda: (*specific, goal(w).pk),
        "indicators:board": lambda: (year,),
        "indicators:groups": lambda: (year,),
        "indicators:rules": lambda: (year, w.power.sector),
        "indicators:convene": lambda: (year, w.power.sector),
        "indicators:meeting": lambda: (agenda(w).pk,),
        "indicators:minute": lambda: (agenda(w).pk,),
        "indicators:cancel": lambda: (agenda(w).pk,),
        "indicators:minutes_file": lambda: (agenda(w).pk,),
        "indicators:plan": lambda: (plan_of(w).pk,),
        "indicators:plan_move": lambda: (plan_of(w).pk, "sign"),
        "indicators:quarter": lambda: (report_of(w).pk,),
        "indicators:quarter_move": lambda: (report_of(w).pk, "report"),
        "submissions:begin": lambda: (Participation.objects.get(cycle=w.cycle, agency=w.power).pk,),
        "submissions:move": lambda: (w.submission.pk, "submit"),
        "submissions:answers_file": lambda: (w.submission.pk, "csv"),
        "submissions:answers_template": lambda: ("csv",),
        "submissions:declaration_judge": lambda: (declare(w).submission_id,),
        "submissions:factor_withdraw": lambda: (factor(w).pk,),
        "submissions:factor_judge": lambda: (factor(w).pk,),
        "submissions:reconciliation": lambda: (apart(w).pk,),
        "submissions:stewardship": lambda: (w.stewardship.pk,),
        "submissions:figures_import": lambda: (w.stewardship.pk,),
        "submissions:figures_file": lambda: (w.stewardship.pk, "csv"),
        "submissions:supply": lambda: (w.stewardship.pk,),
        "submissions:open_again": lambda: (w.stewardship.pk,),
        "submissions:source": lambda: (w.stewardship.pk,),
        "submissions:calibration": lambda: (sitting(w).pk,),
        "submissions:reference_withdraw": lambda: (reference(w).pk,),
        "submissions:verification": lambda: (to_verify(w).pk,),
        "submissions:exhibit": lambda: (
            (concluded if w.submission.communicated_at else exhibit)(w).uuid,
        ),
        "submissions:expense_strike": lambda: (expense(w).pk,),
        "submissions:close_task": lambda: (review_task(w).pk,),
        "submissions:version": lambda: (signed_version(w).uuid,),
        "submissions:version_content": lambda: (signed_version(w).uuid,),
        "submissions:take_up": lambda: (signed_version(w).uuid,),
        "submissions:receipt": lambda: (signed_version(w).uuid,),
        "verify": lambda: (signed_version(w).uuid,),
        "submissions:evidence": lambda: (power_file(w).uuid,),
        "submissions:detach": lambda: (power_file(w).uuid,),
        "submissions:preview": lambda: (power_file(w).uuid,),
        "submissions:picture": lambda: (power_file(w).uuid, 1),
        "submissions:refer": lambda: (power_file(w).uuid,),
        "submissions:reuse": lambda: (power_line(w).pk, power_file(w).document.uuid),
        "submissions:upload": lambda: (power_upload(w).uuid,),
        "submissions:run": lambda: (
            ScoreRun.objects.create(cycle=w.cycle, why="x", asked_at=w.at).pk,
        ),
        "appeals:move": lambda: (w.appeal.pk, "withdraw"),
        "appeals:agency": lambda: (w.submission.pk,),
        "appeals:file": lambda: (w.submission.pk,),
        "appeals:filing": lambda: (filing(w).uuid,),
        "appeals:filing_content": lambda: (filing(w).uuid,),
        "appeals:receipt": lambda: (filing(w).uuid,),
        "verify_appeals": lambda: (filing(w).uuid,),
        "appeals:attachment": lambda: (attachment(w).uuid,),
        "appeals:reply": lambda: (question(w).pk,),
        "appeals:share_out": lambda: (w.cycle.pk,),
        "appeals:outcomes": lambda: (w.cycle.pk,),
        "appeals:flags": lambda: specific,
        "appeals:correct": lambda: (wrong(w).pk,),
        "appeals:correction": lambda: (correction(w).pk,),
        "festival:indices_chapter": lambda: (1405,),
        "festival:region_edit": lambda: (region(w).code,),
        "festival:index_import": lambda: (index(w).code, "table"),
        "festival:recommend": lambda: (index(w).code, 1405),
        "festival:recommendation_approve": lambda: (recommendation(w).pk,),
        "festival:index_report": lambda: (index(w).code, w.power.code, 1405),
        "festival:index_report_send": lambda: (index_report(w).pk,),
        "festival:awards": lambda: (year,),
        "festival:certificate": lambda: (award(w).uuid, "fa"),
        "verify_certificates": lambda: (award(w).uuid,),
        "festival:ceremony_list": lambda: (award(w).ceremony_id,),
        "festival:ceremony_list_file": lambda: (award(w).ceremony_id, "csv"),
        "festival:ceremonies": lambda: (year,),
        "festival:award_categories": lambda: (year,),
        "festival:award_category_new": lambda: (year,),
        "festival:award_category": lambda: (category(w).pk,),
        "festival:ceremony": lambda: (award(w).ceremony_id,),
        "festival:ceremony_edit": lambda: (ceremony(w).pk,),
        "festival:minutes_new": lambda: (ceremony(w).pk,),
        "festival:award_propose": lambda: (ceremony(w).pk,),
        "festival:award_add": lambda: (ceremony(w).pk,),
        "festival:award_decide": lambda: (award(w, "proposed").ceremony_id,),
        "festival:minutes": lambda: (minutes(w).pk,),
        "festival:minutes_paper": lambda: (minutes(w).pk,),
        "festival:award_move": lambda: (award(w).pk, "withdraw"),
        "festival:edition": lambda: (year,),
        "festival:ranking_file": lambda: (year, "csv"),
        "festival:agency": lambda: (w.power.code,),
        "festival:measure": lambda: (year, Measure.objects.of(w.general).get(code="G1-1").lineage),
        "festival:comment_publish": lambda: (comment(w).pk,),
        "festival:comment_reject": lambda: (comment(w).pk,),
        "festival:comments_of_set": lambda: specific,
        "festival:manage": lambda: (year,),
        "festival:finalise": lambda: (year,),
        "festival:schedule": lambda: (year,),
        "festival:revise": lambda: (year,),
        "festival:edition_of_number": lambda: (year, 1),
        "festival:what_if": lambda: (year,),
        "api_edition": lambda: (year,),
        "api_rankings": lambda: (year,),
        "api_agency": lambda: (w.power.code,),
        "api_lines": lambda: (year, w.power.code),
        "festival:followed": lambda: (year,),
        "data_folder": lambda: (year, 1),
        "data_file": lambda: (year, 1, published_file(w)),
        "festival:downloads": lambda: (year, 1),
        "festival:deliver": lambda: (year,),
        "festival:ask_for_report": lambda: (year,),
        "festival:report_file": lambda: (article_82(w).uuid,),
        "festival:report_archive": lambda: (article_82(w).uuid,),
        "festival:report_progress": lambda: (article_82(w).uuid,),
        "festival:approve_report": lambda: (article_82(w).uuid,),
        "festival:cancel_report": lambda: (drawing(w).uuid,),
        "festival:report_texts": lambda: (year,),
        "festival:report_text": lambda: (year, "fa", "coverage"),
        "festival:improvements": tuple,
        "festival:improvements_file": lambda: ("csv",),
        "festival:improvement_begin": lambda: (w.submission.pk,),
        "festival:improvement": lambda: (improvement_item(w).plan_id,),
        "festival:findings": lambda: (plan_for_improvement(w).pk,),
        "festival:improvement_item_new": lambda: (plan_for_improvement(w).pk,),
        "festival:improvement_move": lambda: (improvement_item(w).plan_id, "sign"),
        "festival:improvement_item": lambda: (improvement_item(w).pk,),
        "festival:improvement_strike": lambda: (improvement_item(w).pk,),
        "festival:improvement_progress": lambda: (followed_up(w).pk,),
        "festival:last_plan": lambda: (earlier_plan(w) and w.submission.pk,),
        "festival:consequences": lambda: (year,),
        "festival:consequence_settle": lambda: (year,),
        "festival:consequences_draw": lambda: (year,),
        "festival:consequence_strike": lambda: (consequence_rule(w).pk,),
        "festival:consequence": lambda: (consequence(w).pk,),
        "festival:consequence_letter": lambda: (consequence(w).pk,),
        "festival:consequence_waive": lambda: (consequence(w).pk,),
        "festival:consequence_file": lambda: (lettered(w).pk,),
        "festival:survey_new": lambda: (year,),
        "festival:survey": lambda: (survey(w).pk,),
        "festival:survey_answer": lambda: (survey(w).pk, w.power.pk),
        "festival:closing": lambda: (year,),
        "festival:lessons": lambda: (year,),
        "festival:lessons_of_set": lambda: specific,
    }
    if name == "readyz":  # parts that no test has running are not in order
        return f"{reverse(name)}?parts=disk"
    if name in arguments:
        return reverse(name, args=arguments[name]())
    kinds: dict[str, Callable[[], tuple[Any, ...]]] = {
        "indicators": lambda: specific,
        "submissions": lambda: (w.submission.pk,),
        "appeals": lambda: (w.appeal.pk,),
    }
    by_line = {
        "submissions:answer",
        "submissions:attach",
        "submissions:line",
        "appeals:line",
        "appeals:draft",
    }
    by_line |= {
        "submissions:ask",
        "submissions:reply",
        "submissions:ready",
        "submissions:comment",
        "submissions:factor",
        "submissions:files",
        "submissions:held",
        "submissions:uploads",
    }
    by_block = {"submissions:block", "submissions:marks", "submissions:hand_in"}
    by_cycle = {
        "submissions:board",
        "submissions:assign_all",
        "submissions:compute",
        "submissions:communicate_all",
    }
    by_cycle |= {"submissions:training_begin", "submissions:references", "cycles:interests_state"}
    by_cycle |= {"submissions:marks_export", "submissions:stewards"}
    by_cycle |= {"submissions:reliability", "submissions:grid", "submissions:units_document"}
    by_cycle |= {"submissions:sample", "submissions:costs"}
    bare = {
        "list",
        "new",
        "export",
        "blocks",
        "reconciliations",
        "trainings",
        "verifications",
        "stewardships",
        "file",
        "plan",
        "agencies",
        "agencies_import",
        "people",
        "interests",
    }
    bare |= {"frameworks", "bank", "plans", "practice"}
    bare |= {"holidays", "holiday_add", "duties", "duties_file", "timeline", "timeline_feed"}
    bare |= {"api_openapi", "api_editions"}
    bare |= {"data", "data_catalog", "method", "comments"}
    bare |= {"ledger", "ledger_export", "ledger_verify", "seals", "record_json"}
    bare |= {
        "results",
        "home",
        "entrance",
        "healthz",
        "readyz",
        "metrics",
        "security_txt",
        "account",
        "onward",
        "invite",
        "delegation",
    }
    bare |= {"award_years", "nominations", "jobs", "send_again"}
    bare |= {"inbox", "notices_seen", "notice_settings", "unseen"}
    bare |= {
        "indices",
        "indices_file",
        "register_load",
        "index_new",
        "regions",
        "region_new",
        "index_reports",
    }
    if name in {
        f"festival:{page}" for page in ("index", "index_file", "index_edit", "edition_new")
    }:
        return reverse(name, args=(index(w).code,))
    if name in by_line:
        return reverse(name, args=(power_line(w).pk,))
    if name in by_block:
        return reverse(name, args=(w.block.pk,))
    if name in by_cycle:
        return reverse(name, args=(w.cycle.pk,))
    if name.split(":")[-1] in bare:
        return reverse(name)
    return reverse(name, args=kinds[name.split(":")[0]]())


BY_STAGE = sorted(ROWS, key=lambda row: row[2])
"""So that a world is laid out once for all rows of its stage."""


@pytest.fixture(scope="module")
def stages(django_db_setup: None, django_db_blocker: Any) -> Iterator[Stages]:
    with django_db_blocker.unblock():
        found = Stages(lay_out)
        yield found
        found.leave()


def not_here(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer like our page, which thousands of refusals of the walk need not draw."""
    return HttpResponseNotFound()


def ask_one(
    client: Client, method: str, name: str, url: str, world: World, *, is_signed_in: bool
) -> tuple[int, bool, list[str]]:
    """Send one call and take back what it does: its status, whether it is open, and what a GET
    does wrong.
    """
    body = BODIES.get(name, lambda w: {})(world) if method == "POST" else None
    with taken_back(), written() as tables:
        answer = getattr(client, method.lower())(url, body, headers=HEADERS.get(name))
    for close in answer._resource_closers:
        close()  # closing the answer itself would close the connection of the test
    to_sign_in = answer.status_code == 302 and "/accounts/login/" in answer["Location"]
    is_open = answer.status_code not in (401, 404) and not to_sign_in
    faults = []
    if method == "GET" and is_open:
        faults = list(faults_of_reading(name, answer, tables, is_signed_in=is_signed_in))
    return answer.status_code, is_open, faults


@pytest.mark.parametrize(
    ("name", "methods", "stage", "allowed"), BY_STAGE, ids=[f"{n}-{s}" for n, _m, s, _a in BY_STAGE]
)
def test_an_address_is_open_to_those_the_table_names_and_reading_it_writes_nothing(
    name: str,
    methods: str,
    stage: str,
    allowed: set[str],
    stages: Stages,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("config.urls.handler404", not_here, raising=False)
    settings.IDENTITY_PROVIDER = True  # some addresses are there with one only
    at_stage = stages.at(stage)
    asked, wrong = readers(allowed), []

    with taken_back():
        world = at_stage.world_copy()
        settings.CLOCK_OFFSET = world.at - _real_now()
        url = address(name, world)
        for who in sorted(PUBLIC):
            client = at_stage.visitor(who, raise_request_exception=True)
            for method in methods.split():
                status, is_open, faults = ask_one(
                    client, method, name, url, world, is_signed_in=who != "public"
                )
                if is_open != (who in allowed) or status >= 500 or status == 403:
                    wrong.append(f"{method} {who}: {status}")
                if who in asked:
                    wrong += [f"{who}: {fault}" for fault in faults]
        administrator = at_stage.visitor("administrator")
        for method in other_methods(name):
            if (status := getattr(administrator, method.lower())(url).status_code) != 405:
                wrong.append(f"{method}: {status}, not 405")

    assert not wrong, "\n".join(wrong)


def other_methods(name: str) -> set[str]:
    """The methods that an address does not answer."""
    every = {m for n, methods, *_rest in ROWS if n == name for m in methods.split()}
    return (
        {"GET", "POST", "PUT", "PATCH", "DELETE"} - every - ({"GET"} if "HEAD" in every else set())
    )


@pytest.mark.django_db
@pytest.mark.parametrize("who", sorted(PUBLIC))
def test_everybody_is_told_on_a_whole_page_that_there_is_nothing(
    who: str, world_at: Callable[[str], World], settings: Any
) -> None:
    world = world_at("filed")
    settings.CLOCK_OFFSET = world.at - _real_now()
    client = Client()
    client.cookies.update(cookies_of(world, who))

    answer = client.get("/en/cycles/1300/" if who != "public" else "/en/nowhere/")

    assert answer.status_code == 404
    assert "</html>" in answer.content.decode()


def _real_now() -> Any:
    return timezone.now()
