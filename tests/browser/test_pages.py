"""Every page in both languages: fit for all readers, for a phone, for the keyboard alone, and
wholly in its language.

Persian is looked at on a desk in daylight, with all that axe knows and with the keyboard; English on
a phone at night, where words, colours and width are other than there and the rest is the same
template. A page that the table lacks is looked at at the stage and by one of those whom the table
of addresses names.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from django.urls import reverse
from django.utils import translation
from playwright.sync_api import Page

from cycles.calendar import GREGORIAN_MONTHS, Phase, format_deadline
from cycles.record import seals
from indicators.drafting import actions as drafting
from indicators.models import Kind
from indicators.working_groups import actions as working_groups
from indicators.working_groups import meetings
from submissions.evidence.file_types import KINDS
from submissions.models import Answer, Mark
from tests.browser.conftest import Walker
from tests.factories import STAGES, World, build, enter_figures, lay_plan
from tests.festival.conftest import decree
from tests.guard.test_authorization import (
    LIBRARY,
    ROWS,
    address,
    agenda,
    lay_out,
    power_file,
    power_line,
)
from tests.worlds.answers import declare
from tests.worlds.awards import shifted
from tests.worlds.closing import (
    consequence,
    consequence_rule,
    followed_up,
    improvement_item,
    survey,
)
from tests.worlds.hearings import attachment, question
from tests.worlds.institution import goal, power_measure

pytestmark = pytest.mark.django_db(transaction=True)

AT_NIGHT = (
    "color-contrast",
    "link-in-text-block",
    "html-has-lang",
    "html-lang-valid",
    "document-title",
)
"""The rules of axe that another language, width or colour scheme may break; the others look at what
both languages share.
"""
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


class Seen(NamedTuple):
    """A page as somebody sees it (nobody signed in: ""); `shows` is the phase whose closing it
    tells in Jalali.
    """

    name: str
    who: str
    query: str = ""
    shows: Phase | None = None


TABLE: dict[str, list[Seen]] = {
    "people": [
        Seen("festival:indices", ""),
        Seen("festival:index_new", "administrator"),
        Seen("festival:index", ""),
        Seen("festival:index", "administrator"),
        Seen("festival:indices", "administrator"),
        Seen("festival:indices_chapter", ""),
        Seen("festival:index_edit", "administrator"),
        Seen("festival:edition_new", "administrator"),
        Seen("festival:index_import", "administrator"),
        Seen("festival:regions", "administrator"),
        Seen("festival:region_new", "administrator"),
        Seen("festival:region_edit", "administrator"),
        Seen("festival:recommend", "administrator"),
        Seen("festival:recommendation_approve", "administrator"),
        Seen("festival:index_reports", "staff"),
        Seen("festival:index_report", "staff"),
        Seen("festival:index_report_send", "head"),
    ],
    "planned": [
        Seen("account_login", ""),
        Seen("account_reset_password", ""),
        Seen("account_reset_password_done", ""),
        Seen("account_logout", "staff"),
        Seen("festival:results", ""),
        Seen("festival:timeline", ""),
        Seen("home", "stranger"),
        Seen("cycles:list", "administrator"),
        Seen("cycles:plan", "administrator", "?year=1406&preset=statutory_gregorian"),
        Seen("cycles:detail", "administrator", shows=Phase.SELF_ASSESSMENT),
        Seen("cycles:move", "administrator"),
        Seen("cycles:windows", "administrator", shows=Phase.SELF_ASSESSMENT),
        Seen("cycles:holidays", "administrator", "?year=1405"),
        Seen("cycles:agencies", "administrator"),
        Seen("cycles:agencies", "administrator", "?q=zzz"),
        Seen("cycles:agencies_import", "administrator"),
        Seen("cycles:agency", "administrator"),
        Seen("cycles:register_change", "administrator"),
        Seen("cycles:register_withdraw", "administrator"),
        Seen("cycles:people", "administrator"),
        Seen("cycles:person", "administrator"),
        Seen("cycles:grant", "administrator"),
        Seen("cycles:grant", "agency_administrator"),
        Seen("cycles:people", "agency_administrator"),
        Seen("cycles:person", "agency_administrator"),
        Seen("cycles:invite", "agency_administrator"),
        Seen("cycles:invite", "administrator"),
        Seen("cycles:remove_leaver", "agency_administrator"),
        Seen("cycles:delegation", "head"),
        Seen("cycles:reset_factor", "administrator"),
        Seen("cycles:close_account", "agency_administrator"),
        Seen("cycles:open_account", "administrator"),
        Seen("cycles:identify", "administrator"),
        Seen("cycles:end_role", "agency_administrator"),
        Seen("cycles:nomination_decide", "administrator"),
        Seen("cycles:nominations", "auditor"),
        Seen("account", "head"),
        Seen("account_change_password", "staff"),
        Seen("account_inactive", ""),
        Seen("account_reauthenticate", "staff"),
        Seen("mfa_index", "staff"),
        Seen("usersessions_list", "staff"),
        Seen("cycles:interests", "interested"),
    ],
    "proposed": [
        Seen("home", "member", shows=Phase.APPROVAL),
        Seen("cycles:participants", "administrator"),
        Seen("cycles:extend", "administrator", shows=Phase.SELF_ASSESSMENT),
        Seen("indicators:list", "other_staff"),
        Seen("indicators:frameworks", "other_staff"),
        Seen("indicators:framework", "member"),
        Seen("indicators:detail", "member"),
        Seen("indicators:move", "chair"),
        Seen("indicators:vote", "member"),
        Seen("indicators:review", "chair"),
        Seen("indicators:review", "staff"),
        Seen("indicators:rank", "member"),
        Seen("indicators:board", "administrator"),
        Seen("indicators:groups", "administrator"),
        Seen("indicators:rules", "administrator"),
        Seen("indicators:convene", "chair"),
        Seen("indicators:meeting", "chair"),
        Seen("indicators:cancel", "chair"),
    ],
    "drafting": [
        Seen("home", "other_staff", shows=Phase.PROPOSAL),
        Seen("indicators:detail", "other_staff"),
        Seen("indicators:files", "other_staff"),
        Seen("indicators:import", "other_staff"),
        Seen("indicators:measure_new", "other_staff"),
        Seen("indicators:measure_edit", "other_staff"),
        Seen("indicators:axis_new", "other_staff"),
        Seen("indicators:axis_edit", "other_staff"),
        Seen("indicators:goal_new", "other_staff"),
        Seen("indicators:goal_edit", "other_staff"),
        Seen("indicators:share", "other_staff"),
        Seen("indicators:changes", "other_staff"),
        Seen("indicators:differences", "other_staff"),
        Seen("indicators:bank", "other_staff"),
    ],
    "minuting": [
        Seen("indicators:minute", "chair"),
        Seen("indicators:list", "administrator"),
    ],
    "breaking_down": [
        Seen("indicators:grid", "headquarters"),
        Seen("indicators:bank", "staff"),
        Seen("indicators:series", "staff"),
        Seen("indicators:detail", "headquarters"),
        Seen("indicators:differences", "staff"),
        Seen("appeals:flags", "staff"),
        Seen("festival:lessons_of_set", "staff"),
        Seen("festival:comments_of_set", "staff"),
    ],
    "approved": [
        Seen("indicators:communicate_all", "administrator"),
        Seen("submissions:list", "staff"),
        Seen("submissions:blocks", "assessor"),
        Seen("appeals:list", "staff"),
    ],
    "communicated": [
        Seen("indicators:plans", "administrator", "?q=zzz"),
        Seen("indicators:plan", "auditor"),
    ],
    "planning": [
        Seen("home", "head", shows=Phase.MONITORING),
        Seen("indicators:plans", "staff"),
        Seen("indicators:plan", "staff", shows=Phase.MONITORING),
        Seen("indicators:plan_move", "head"),
        Seen("indicators:quarter", "staff"),
    ],
    "reporting": [
        Seen("home", "staff", shows=Phase.MONITORING),
        Seen("indicators:plans", "administrator"),
        Seen("indicators:plan", "auditor"),
        Seen("indicators:quarter", "staff", shows=Phase.MONITORING),
        Seen("indicators:quarter_move", "head"),
    ],
    "answered": [
        Seen("home", "staff", shows=Phase.SELF_ASSESSMENT),
        Seen("home", "head", shows=Phase.SELF_ASSESSMENT),
        Seen("submissions:list", "administrator"),
        Seen("submissions:list", "administrator", "?q=zzz"),
        Seen("submissions:detail", "staff", "?line=G1-1", shows=Phase.SELF_ASSESSMENT),
        Seen("submissions:detail", "staff", "?line=G1-2&show=missing"),
        Seen("submissions:review", "head", shows=Phase.SELF_ASSESSMENT),
        Seen("submissions:move", "head"),
        Seen("submissions:import", "staff"),
        Seen("submissions:declaration", "staff", shows=Phase.SELF_ASSESSMENT),
        Seen("submissions:grid", "headquarters", shows=Phase.SELF_ASSESSMENT),
        Seen("submissions:version", "staff"),
        Seen("festival:last_plan", "staff"),
        Seen("verify", ""),
        Seen("submissions:line", "staff"),
        Seen("submissions:attach", "staff"),
        Seen("submissions:attach", "administrator"),
        Seen("submissions:held", "staff"),
        Seen("submissions:held", "staff", "?q=zzz"),
        Seen("submissions:preview", "staff"),
    ],
    "assigned": [
        Seen("home", "assessor", shows=Phase.SCORING),
        Seen("submissions:blocks", "assessor", shows=Phase.SCORING),
        Seen("submissions:block", "assessor", shows=Phase.SCORING),
        Seen("submissions:hand_in", "assessor"),
        Seen("submissions:reconciliations", "assessor"),
        Seen("submissions:reconciliation", "assessor"),
        Seen("submissions:trainings", "assessor"),
        Seen("submissions:calibration", "assessor"),
        Seen("submissions:references", "administrator"),
        Seen("submissions:verifications", "other_assessor"),
        Seen("submissions:verification", "other_assessor"),
        Seen("submissions:declaration", "assessor"),
        Seen("submissions:board", "administrator"),
        Seen("submissions:board", "administrator", "?by=province"),
        Seen("submissions:board", "administrator", "?by=assessor"),
        Seen("submissions:assign", "administrator"),
        Seen("submissions:stewards", "administrator"),
        Seen("submissions:stewardships", "steward"),
        Seen("submissions:stewardships", "assessor"),
        Seen("submissions:stewardship", "steward", shows=Phase.SCORING),
        Seen("submissions:stewardship", "steward", "?q=zzz"),
        Seen("submissions:figures_import", "steward"),
        Seen("submissions:supply", "steward"),
    ],
    "marked": [
        Seen("home", "administrator", shows=Phase.SCORING),
        Seen("submissions:block", "assessor"),
        Seen("submissions:stewardship", "administrator"),
        Seen("submissions:open_again", "administrator"),
        Seen("submissions:reliability", "administrator"),
        Seen("submissions:sample", "administrator"),
        Seen("submissions:costs", "administrator"),
        Seen("submissions:close_task", "administrator"),
        Seen("submissions:report", "administrator"),
        Seen("submissions:communicate_all", "administrator"),
        Seen("submissions:extract", "administrator"),
        Seen("submissions:run", "administrator"),
    ],
    "drafted_appeal": [
        Seen("home", "head"),
        Seen("submissions:report", "staff"),
        Seen("submissions:extract", "staff", "?unit="),
        Seen("submissions:line", "staff"),
        Seen("appeals:line", "staff"),
        Seen("appeals:draft", "staff"),
        Seen("appeals:detail", "head"),
        Seen("appeals:file", "head"),
        Seen("appeals:agency", "head"),
    ],
    "filed": [
        Seen("appeals:list", "administrator"),
        Seen("appeals:move", "head"),
        Seen("appeals:filing", "head"),
        Seen("verify_appeals", ""),
        Seen("cycles:ledger", "auditor"),
        Seen("cycles:ledger", "administrator", "?model=appeals.appeal&year=1405"),
        Seen("cycles:jobs", "administrator"),
        Seen("cycles:jobs", "auditor", "?state=done"),
        Seen("cycles:job_try_again", "administrator"),
        Seen("cycles:job_stop", "administrator"),
        Seen("cycles:send_again", "administrator"),
        Seen("cycles:seals", ""),
        Seen("cycles:seals", "", "?seal=0123456789abcdef"),
        Seen("cycles:inbox", "head"),
        Seen("cycles:inbox", "auditor", "?show=official"),
        Seen("cycles:notice_settings", "head"),
        Seen("cycles:unseen", "administrator"),
        Seen("cycles:unseen", "auditor", "?agency=zzz"),
        Seen("cycles:unseen_people", "administrator"),
    ],
    "reviewing": [
        Seen("home", "reviewer"),
        Seen("appeals:detail", "reviewer"),
        Seen("appeals:decide", "reviewer"),
        Seen("appeals:detail", "staff"),
        Seen("appeals:detail", "administrator"),
        Seen("appeals:agency", "reviewer"),
        Seen("appeals:outcomes", "administrator"),
        Seen("appeals:outcomes", "auditor", "?by=reviewer"),
    ],
    "freezing": [
        Seen("appeals:detail", "staff"),
        Seen("appeals:agency", "staff"),
        Seen("appeals:correct", "administrator"),
        Seen("appeals:correction", "administrator"),
        Seen("festival:manage", "administrator"),
        Seen("festival:finalise", "administrator"),
    ],
    "final": [
        Seen("festival:manage", "administrator"),
        Seen("festival:schedule", "administrator", shows=Phase.FESTIVAL),
        Seen("festival:revise", "administrator"),
        Seen("festival:what_if", "administrator"),
        Seen("festival:report_progress", "administrator"),
        Seen("festival:cancel_report", "administrator"),
        Seen("festival:report_texts", "administrator"),
        Seen("festival:report_text", "administrator"),
        Seen("festival:approve_report", "administrator"),
        Seen("festival:deliver", "administrator"),
    ],
    "awarding": [
        Seen("festival:ceremonies", "administrator"),
        Seen("festival:ceremonies", "provincial_administrator"),
        Seen("festival:award_categories", "administrator"),
        Seen("festival:award_category_new", "administrator"),
        Seen("festival:award_category", "administrator"),
        Seen("festival:award_years", "administrator"),
        Seen("festival:ceremony_list", "administrator"),
        Seen("festival:ceremony_edit", "administrator"),
        Seen("festival:minutes_new", "administrator"),
        Seen("festival:minutes", "administrator"),
        Seen("festival:award_add", "administrator"),
        Seen("festival:award_move", "administrator"),
        Seen("festival:ceremony", "administrator"),
        Seen("festival:award_decide", "administrator"),
    ],
    "overdue": [
        Seen("home", "administrator"),
        Seen("home", "auditor"),
        Seen("festival:duties", "administrator"),
        Seen("festival:duties", "provincial_administrator"),
        Seen("festival:duties", "auditor", "?duty=publish&state=in_time"),
        Seen("festival:timeline", "", shows=Phase.SELF_ASSESSMENT),
    ],
    "out": [
        Seen("cycles:detail", "auditor", shows=Phase.SELF_ASSESSMENT),
        Seen("festival:results", ""),
        Seen("festival:edition", ""),
        Seen("festival:edition_of_number", ""),
        Seen("festival:downloads", ""),
        Seen("festival:followed", ""),
        Seen("festival:method", ""),
        Seen("festival:measure", ""),
        Seen("festival:comments", "administrator"),
        Seen("festival:comments", "administrator", "?state=rejected"),
        Seen("festival:agency", ""),
        Seen("festival:award_years", ""),
        Seen("festival:awards", ""),
        Seen("festival:ceremony_list", ""),
        Seen("verify_certificates", ""),
        Seen("festival:awards", "", "?category=service_desk&festival=national"),
    ],
    "closing": [
        Seen("home", "staff"),
        Seen("festival:edition", ""),
        Seen("festival:improvements", "staff"),
        Seen("festival:improvements", "administrator"),
        Seen("festival:improvements", "administrator", "?q=zzz"),
        Seen("festival:improvement", "staff"),
        Seen("festival:improvement_progress", "staff"),
        Seen("festival:consequences", "administrator"),
        Seen("festival:consequence", "administrator"),
        Seen("festival:consequence", "head"),
        Seen("festival:consequence_letter", "administrator"),
        Seen("festival:consequence_waive", "administrator"),
        Seen("festival:survey", "staff"),
        Seen("festival:survey", "administrator"),
        Seen("festival:survey_answer", "staff"),
        Seen("festival:closing", "administrator"),
        Seen("festival:lessons", "administrator"),
    ],
    "improving": [
        Seen("festival:improvements", "other_staff"),
        Seen("festival:improvement", "staff"),
        Seen("festival:improvement_move", "head"),
        Seen("festival:findings", "staff"),
        Seen("festival:improvement_item", "staff"),
        Seen("festival:improvement_item_new", "staff"),
        Seen("festival:consequences", "administrator"),
        Seen("festival:survey_new", "administrator"),
    ],
}

FILES = {"entrance", "healthz", "readyz", "metrics", "security_txt", "record_json", "data", "data_catalog",
         "data_folder", "data_file", "api_openapi", "api_editions", "api_edition", "api_rankings", "api_agency",
         "api_lines", "cycles:ledger_export", "cycles:agencies_export", "cycles:decree",
         "indicators:export", "indicators:template", "indicators:minutes_file", "submissions:export",
         "submissions:evidence", "submissions:exhibit", "submissions:version_content", "submissions:receipt",
         "submissions:report_file", "submissions:extract_file", "submissions:marks_export",
         "submissions:figures_file", "submissions:source",
         "submissions:picture", "submissions:files", "cycles:notice", "onward",
         "submissions:answers_file", "submissions:answers_template",
         "appeals:filing_content", "appeals:receipt", "appeals:attachment", "appeals:paper", "appeals:bundle",
         "festival:indices_file", "festival:index_file",
         "festival:improvements_file", "festival:consequence_file",
         "festival:ranking_file", "festival:report_file", "festival:report_archive", "festival:duties_file",
         "festival:timeline_feed", "festival:certificate", "festival:ceremony_list_file",
         "festival:minutes_paper"}  # fmt: skip
"""Addresses that answer a GET with something other than a page."""


def with_pages_of(rows: list[tuple[str, str, str, set[str]]]) -> dict[str, list[Seen]]:
    """Add to the table the pages that it lacks, as somebody sees them who may."""
    found = {stage: list(seen) for stage, seen in TABLE.items()}
    named = FILES | {seen.name for pages in TABLE.values() for seen in pages}
    for name, methods, stage, allowed in rows:
        if "GET" in methods.split() and allowed and name not in named:
            who = "" if "public" in allowed else min(allowed - {"deputy"}, default="deputy")
            found.setdefault(stage, []).append(Seen(name, who))
            named.add(name)
    return found


PAGES = with_pages_of(ROWS)


# --- The worlds ---------------------------------------------------------------------------------


def world_for(stage: str) -> World:
    """The world in which a row of the table is looked at, with what its pages show beside."""
    names = {
        "drafting": "proposed",
        "minuting": "proposed",
        "breaking_down": "communicated",
        "reviewing": "heard",
        "freezing": "decided",
        "out": "scheduled",
        "closing": "scheduled",
        "improving": "scored",
        "overdue": "filed",
        "awarding": "final",
        "planning": "communicated",
        "reporting": "communicated",
    }
    stage_of_year = names.get(stage, stage)
    w = build(stage_of_year) if stage_of_year in STAGES else lay_out(stage)
    if stage == "proposed":
        deliberate(w)
    elif stage == "minuting":
        w.at = agenda(w).held_at + timedelta(days=1)
    elif stage == "breaking_down":
        w.at = w.opens(Phase.MONITORING)
    elif stage == "drafting":
        w.specific = draft_of_health(w)
    elif stage == "planning":
        lay_plan(w, signed=False)
    elif stage == "reporting":
        lay_plan(w)
        enter_figures(w)
    elif stage in ("answered", "drafted_appeal"):
        power_file(w)
    elif stage == "assigned":
        declare(w)
        Mark.objects.create(
            answer=power_line(w),
            block=w.block,
            assessor=w.assessor,
            points=100,
            reason="",
            marked_at=w.at,
        )
    elif stage == "filed":
        seals.seal(at=w.at)
    elif stage == "reviewing":
        w.at = w.opens(Phase.APPEAL_REVIEW, w.power) + timedelta(hours=9)
        question(w)
        attachment(w)
    elif stage == "freezing":
        w.at = w.opens(Phase.FINAL)
    elif stage == "closing":
        followed_up(w)
        consequence(w)
        w.at = w.edition.publish_at
        survey(w)
    elif stage == "improving":
        improvement_item(w)
        consequence_rule(w)
    elif stage == "awarding":
        shifted(w)
    elif stage == "out":
        w.at = w.edition.publish_at
    elif stage == "overdue":
        decree(w, Phase.APPEAL, w.closes(Phase.APPEAL, w.power) + timedelta(days=5), agency=w.power)
        w.at = w.closes(Phase.FINAL) + timedelta(days=3)
    return w


def deliberate(w: World) -> None:
    """Votes, a suggestion, a comment and a ranked goal, before the group is called to a meeting on
    them.
    """
    goal(w)
    m = power_measure(w)
    working_groups.vote(w.specific, choice="return", reason="هدف روشن نیست", by=w.budget, at=w.at)
    working_groups.vote(
        w.specific,
        choice="approve",
        reason="",
        lineage=m.lineage,
        rating="slack",
        by=w.member,
        at=w.at,
    )
    values, reason = {"target": 15, "title_fa": "کاهش هدررفت آب"}, "میانگین سه سال گذشته"
    working_groups.suggest(
        w.specific, lineage=m.lineage, values=values, reason=reason, by=w.expert, at=w.at
    )
    working_groups.comment(
        w.specific, lineage=m.lineage, text="منبع این عدد چیست؟", by=w.member, at=w.at
    )
    ahead, sector = w.at + timedelta(days=1), w.power.sector
    meetings.convene(
        w.cycle, sector=sector, held_at=ahead, place="", sets=[w.specific], by=w.chair, at=w.at
    )


def draft_of_health(w: World) -> Any:
    draft = drafting.draft_set(
        cycle=w.cycle, kind=Kind.SPECIFIC, agency=w.health, by=w.other_staff, at=w.at
    )
    fields = {
        "title_fa": "زمان رسیدن اورژانس", "title_en": "Ambulance minutes", "points": 250, "unit_fa": "دقیقه",
        "unit_en": "minutes", "method": "inverse_linear", "direction": "lower", "target": 8, "params": {},
    }  # fmt: skip
    drafting.save_measure(draft, fields=fields, by=w.other_staff, at=w.at)
    return draft


def path(seen: Seen, w: World, language: str) -> str:
    with translation.override(language):
        if seen.name.startswith(LIBRARY):
            return reverse(seen.name)
        if (
            seen.name == "indicators:move"
        ):  # approving waits for the minutes of the meeting that is convened
            return reverse(seen.name, args=[w.specific.pk, "send_back"])
        query = seen.query
        if code := re.search(r"line=([\w-]+)", query):
            line = Answer.objects.get(submission=w.submission, measure__code=code[1])
            query = query.replace(code[1], str(line.pk))
        return address(seen.name, w) + query


# --- What is wrong with a page ------------------------------------------------------------------

WORDS = """() => {
  const apart = "script, style, template, noscript, code, kbd, textarea, [lang=" + OTHER + "]";
  const { person, ...said } = document.body.dataset;  // for whom the page was drawn is a key, no word
  const found = [document.title, ...Object.values(said)];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    if (!texts.currentNode.parentElement.closest(apart)) found.push(texts.currentNode.data);
  }
  for (const name of ["aria-label", "title", "placeholder", "alt", "data-label", "aria-description"]) {
    for (const element of document.querySelectorAll("[" + name + "]")) {
      if (!element.closest(apart)) found.push(element.getAttribute(name));
    }
  }
  return found.map((text) => text.trim().replace(/\\s+/g, " ")).filter(Boolean);
}"""

FOCUS = """() => {
  const candidates = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const groups = new Set();
  window.waiting = new Set([...document.querySelectorAll(candidates)].filter((element) => {
    if (element.disabled || element.tabIndex < 0 || !element.checkVisibility({visibilityProperty: true})) return false;
    if (element.type !== "radio") return true;
    const first = !groups.has(element.name);
    groups.add(element.name);  // Tab enters a group of radio buttons once
    return first;
  }));
  window.unseen = [];
  document.addEventListener("focusin", ({target}) => {
    waiting.delete(target);
    const style = getComputedStyle(target), box = target.getBoundingClientRect();
    const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    if (!ring || box.width < 3 || box.height < 3) unseen.push(target.outerHTML.slice(0, 120));
  });
  return waiting.size;
}"""

SAME_EVERYWHERE = "|".join(["PDF", "CSV", "XLSX", "JSON", "ZIP", "UTF-8", "SHA-256", *KINDS])
GREGORIAN = f"[۰-۹]+ (?:{'|'.join(GREGORIAN_MONTHS['fa'])})"


def words(page: Page, other: str, w: World) -> list[str]:
    """What the page says in its own language, without what people and measures are called in the
    world of tests.
    """
    people = "|".join(sorted(w.people, key=len, reverse=True))
    names = re.compile(rf"\b(?:{people})\b|سنجهٔ G\d-\d|\b(?:{SAME_EVERYWHERE})\b", re.IGNORECASE)
    return [names.sub("", text) for text in page.evaluate(WORDS.replace("OTHER", f"'{other}'"))]


def not_persian(page: Page, w: World) -> list[str]:
    faults = []
    if (
        page.evaluate("[document.documentElement.lang, document.documentElement.dir].join()")
        != "fa,rtl"
    ):
        faults.append("is not marked as Persian from right to left")
    for text in words(page, "en", w):
        if re.search("[0-9]", text):
            faults.append(f"Latin digits: {text}")
        if re.search("[A-Za-z]{3,}", text):
            faults.append(f"not translated: {text}")
        if re.search(GREGORIAN, re.sub(r"\([^()]*\)", "", text)):
            faults.append(f"Gregorian before Jalali: {text}")
    return faults


def not_english(page: Page, w: World) -> list[str]:
    faults = [
        f"Persian digits: {text}" for text in words(page, "fa", w) if re.search("[۰-۹٠-٩]", text)
    ]
    if (
        page.evaluate("[document.documentElement.lang, document.documentElement.dir].join()")
        != "en,ltr"
    ):
        faults.append("is not marked as English from left to right")
    return faults


def out_of_reach(page: Page) -> list[str]:
    """What Tab does not reach, or reaches unseen."""
    count = page.evaluate(FOCUS)
    for _ in range(count + 2):
        page.keyboard.press("Tab")
    missed = page.evaluate("[...waiting].map((element) => element.outerHTML.slice(0, 120))")
    return [f"Tab misses {each}" for each in missed] + [
        f"no visible focus: {each}" for each in page.evaluate("unseen")
    ]


def too_wide(page: Page) -> list[str]:
    width = page.evaluate("document.documentElement.scrollWidth")
    return [f"is {width} px wide on a phone"] if width > PHONE["width"] else []


def untitled(page: Page) -> list[str]:
    count = page.locator("h1").count()
    return [] if count == 1 else [f"has {count} first headings"]


# --- The tests ----------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", PAGES)
def test_every_page_is_right_in_both_languages(
    stage: str,
    walker: Walker,
    axe: Callable[..., list[str]],
    clock: Callable[..., None],
    settings: Any,
) -> None:
    w, page, faults = world_for(stage), walker.page, []
    clock(w.at)
    settings.IDENTITY_PROVIDER = True  # what is there with one only is looked at, too

    for seen in PAGES[stage]:
        walker.slip_in(w.people[seen.who] if seen.who else None)
        for language in ("fa", "en"):
            wanted = path(seen, w, language)
            page.set_viewport_size(DESK if language == "fa" else PHONE)
            page.emulate_media(color_scheme="light" if language == "fa" else "dark")
            answer = page.goto(walker.base + wanted)
            found = (
                [] if answer and answer.status == 200 else [f"answers {answer and answer.status}"]
            )
            if not page.url.endswith(wanted):
                found.append(f"leads to {page.url.removeprefix(walker.base)}")
            found += untitled(page)
            if language == "fa":
                found += axe(page) + not_persian(page, w)
                if seen.shows:
                    closing = format_deadline(w.closes(seen.shows), "fa")
                    found += (
                        [] if closing in page.inner_text("main") else [f"does not tell {closing}"]
                    )
                found += out_of_reach(page)
                page.set_viewport_size(PHONE)
            else:
                found += axe(page, rules=AT_NIGHT) + not_english(page, w)
            found += too_wide(page)
            faults += [f"{wanted} ({seen.who or 'nobody'}): {fault}" for fault in found]

    assert not faults, "\n" + "\n".join(faults)


def test_no_page_is_left_out() -> None:
    pages = {name for name, methods, *_ in ROWS if "GET" in methods.split()} - FILES

    assert pages <= {seen.name for rows in PAGES.values() for seen in rows}


def test_a_new_page_is_looked_at_where_its_row_of_the_addresses_says() -> None:
    new = ("festival:made_up", "GET POST", "scored", {"staff", "head"})

    assert with_pages_of([*ROWS, new])["scored"][-1] == Seen("festival:made_up", "head")
