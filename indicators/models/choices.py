"""What may be chosen of a measure or a goal."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Direction(models.TextChoices):
    HIGHER = "higher", _("More is better")
    LOWER = "lower", _("Less is better")


class Source(models.TextChoices):
    """Where a specific indicator comes from (domain notes 2.6)."""

    POLICY = "policy", _("General policies")
    PLAN = "plan", _("Development plan law")
    BUDGET = "budget", _("Budget law")
    STATUTE = "statute", _("The agency's statute")
    APPOINTMENT = "appointment", _("Priorities annexed to the head's appointment")
    INTERNATIONAL = "international", _("International index")
    BENCHMARK = "benchmark", _("Benchmarking")
    LAST_YEAR = "last_year", _("Last year's indicators")


class Law(models.TextChoices):
    """The act of which a measure or goal names an article."""

    CSMA = "csma", _("Civil Service Management Act")
    PLAN = "plan", _("Development plan law")
    BUDGET = "budget", _("Budget law")
    POLICY = "policy", _("General policies")
    STATUTE = "statute", _("The agency's statute")
    OTHER = "other", _("Another act")


class ResultLevel(models.TextChoices):
    """The stages of the results chain (frameworks 1.8, 1.11)."""

    INPUT = "input", _("Input")
    ACTIVITY = "activity", _("Activity")
    OUTPUT = "output", _("Output")
    OUTCOME = "outcome", _("Outcome")
    IMPACT = "impact", _("Impact")


class Dimension(models.TextChoices):
    QUANTITY = "quantity", _("Quantity")
    QUALITY = "quality", _("Quality")
    EFFICIENCY = "efficiency", _("Efficiency")
    EFFECTIVENESS = "effectiveness", _("Effectiveness")
    PRODUCTIVITY = "productivity", _("Productivity")


class Perspective(models.TextChoices):
    """The balanced scorecard's, as public bodies use it."""

    CITIZENS = "citizens", _("Citizens and clients")
    FINANCE = "finance", _("Finance and resources")
    PROCESSES = "processes", _("Internal processes")
    LEARNING = "learning", _("Learning and growth")


class CafCriterion(models.IntegerChoices):
    """The nine criteria of the Common Assessment Framework 2020."""

    LEADERSHIP = 1, _("1 Leadership")
    STRATEGY = 2, _("2 Strategy and planning")
    PEOPLE = 3, _("3 People")
    PARTNERSHIPS = 4, _("4 Partnerships and resources")
    PROCESSES = 5, _("5 Processes")
    CITIZEN_RESULTS = 6, _("6 Citizen-oriented results")
    PEOPLE_RESULTS = 7, _("7 People results")
    RESPONSIBILITY_RESULTS = 8, _("8 Social responsibility results")
    KEY_RESULTS = 9, _("9 Key performance results")


class EvidenceRule(models.TextChoices):
    NONE = "none", _("None needed")
    REQUIRED = "required", _("At least one document")


class Influence(models.TextChoices):
    """How far the agency itself decides what the measure shows."""

    FULL = "full", _("In the agency's own hands")
    SHARED = "shared", _("Shared with others")
    LITTLE = "little", _("Mostly outside the agency's hands")


class Feedback(models.TextChoices):
    """How often a value can be had during the year."""

    MONTHLY = "monthly", _("Every month or more often")
    QUARTERLY = "quarterly", _("Every quarter")
    YEARLY = "yearly", _("Once a year")


class GoalType(models.TextChoices):
    STRATEGIC = "strategic", _("Strategic goal")
    PROGRAMME = "programme", _("Goal of a programme")
    OPERATIONAL = "operational", _("Operational goal")
