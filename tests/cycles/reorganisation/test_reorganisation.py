"""Agencies renamed, dissolved, merged, split and established again."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from agencies.models import Agency, Membership
from agencies.roles import Role
from cycles.calendar import Phase
from cycles.models import Delivery, Entry, Participation, RegisterChange
from cycles.people import actions as people
from cycles.reorganisation import actions
from cycles.reorganisation.queries import history_of
from cycles.workflow import Refused
from cycles.years import actions as years
from tests.cycles.reorganisation.moments import today
from tests.factories import build, make_agency
from tests.worlds.reorganisations import BASIS, change

# --- Renaming -----------------------------------------------------------------------------------


def test_a_renamed_agency_keeps_its_code_and_an_open_year_its_name(world):
    change(world, world.power, "renamed", name_fa="وزارت انرژی", name_en="Ministry of Power")

    renamed = world.fresh(world.power)
    assert (renamed.code, renamed.name_fa) == ("MOE", "وزارت انرژی")
    assert (
        Participation.objects.get(cycle=world.cycle, agency=renamed).name_en == "Ministry of Energy"
    )
    assert [c.name_fa for c in history_of(renamed).names] == ["وزارت نیرو"]
    assert Agency.objects.matching("انرژی").get() == renamed


def test_the_record_keeps_legal_basis_day_and_names_of_a_change(world):
    change(world, world.power, "renamed", name_fa="وزارت انرژی", note="به خط هیئت دولت")

    recorded, in_force = Entry.objects.filter(model="cycles.registerchange").order_by("pk")
    assert (recorded.act, recorded.actor_name, recorded.agency_code) == (
        "record",
        "کاربر administrator",
        "MOE",
    )
    assert recorded.params["legal_basis"] == "قانون ساختار دولت"
    assert recorded.params["letter"] == "۱۲/۳۴"
    assert recorded.params["effective_on"] == str(today(world))
    assert recorded.params["new_name_fa"] == "وزارت انرژی"
    assert (in_force.act, in_force.actor_id, in_force.target) == ("take_effect", None, "in_force")


def test_a_change_to_come_waits_for_its_day_and_takes_effect_once(world):
    change(world, world.power, "renamed", days=3, name_fa="وزارت انرژی")
    before = world.at + timedelta(days=2)
    on_its_day = world.at + timedelta(days=3)

    early = actions.take_effect_due(at=before)
    unchanged = world.fresh(world.power).name_fa
    due = [actions.take_effect_due(at=on_its_day) for _twice in range(2)]

    assert (early, unchanged) == ([], "وزارت نیرو")
    assert [len(changes) for changes in due] == [1, 0]
    assert world.fresh(world.power).name_fa == "وزارت انرژی"


def test_a_change_that_is_withdrawn_in_time_never_takes_effect(world):
    waiting = change(world, world.power, days=3)

    actions.withdraw_change(waiting, by=world.administrator, at=world.at, note="لغو شد")
    actions.take_effect_due(at=world.at + timedelta(days=4))

    assert world.fresh(world.power).is_active
    assert world.fresh(waiting).state == "withdrawn"


# --- Ending -------------------------------------------------------------------------------------


def test_a_dissolved_agency_leaves_the_register_its_cycle_and_its_people(world):
    change(world, world.power)

    ended = world.fresh(world.power)
    assert (ended.is_active, ended.succeeded_by) == (False, None)
    assert Participation.objects.get(agency=ended).ended_by.kind == "dissolved"
    assert ended.pk not in Participation.objects.active().values_list("agency", flat=True)
    assert not Membership.objects.filter(agency=ended).ending_after(world.at).exists()
    assert Membership.objects.filter(agency=world.health).in_force(world.at).exists()


def test_a_role_that_ends_with_its_agency_is_on_record_and_its_holder_told(world):
    change(world, world.power)

    entries = Entry.objects.filter(act="end_with_agency", agency_code="MOE")
    held = {"staff", "head", "headquarters", "agency_administrator", "representative"}
    assert {Membership.objects.get(pk=e.object_pk).user.username for e in entries} == held
    told = Delivery.objects.filter(entry__in=entries, channel="inbox")
    assert {d.recipient.username for d in told} == held


def test_those_concerned_are_told_of_a_change_once_it_is_recorded(world):
    change(world, world.power, "merged", days=3, successors=[world.health])

    entry = Entry.objects.get(act="record", model="cycles.registerchange")
    told = set(
        Delivery.objects.filter(entry=entry, channel="inbox").values_list(
            "recipient__username", flat=True
        )
    )
    # its own people, its successor's, its unit's and the overseers; never whoever recorded it
    assert told == {"staff", "head", "other_staff", "other_head", "unit_head", "auditor"}


def test_no_role_is_given_in_an_agency_that_has_ended(world):
    change(world, world.power)

    with pytest.raises(Refused, match="has ended"):
        people.grant_role(
            user=world.stranger,
            role=Role.STAFF,
            agency=world.fresh(world.power),
            by=world.administrator,
            at=world.at,
        )


def test_a_cycle_that_opens_later_passes_over_an_agency_that_has_ended(db):
    world = build("planned")
    change(world, world.health)

    years.open_cycle(world.cycle, by=world.administrator, at=world.at)

    taking_part = Participation.objects.filter(cycle=world.cycle).values_list(
        "agency__code", flat=True
    )
    assert set(taking_part) == {"MOE", "MOE-QZ"}


def test_a_decree_for_an_agency_that_has_ended_is_refused(world):
    change(world, world.health)

    with pytest.raises(Refused, match="does not take part"):
        years.extend(
            world.cycle, phase=Phase.PROPOSAL, agency=world.health, closes_at=world.at + timedelta(days=900),
            decree_number="1", decreed_on=today(world), reason="because", file=None, by=world.administrator,
            at=world.at,
        )  # fmt: skip


# --- Merging and splitting ----------------------------------------------------------------------


def test_agencies_that_are_merged_are_succeeded_by_the_one_that_goes_on(world):
    facts = BASIS | {"effective_on": today(world), "successors": [world.health]}

    merged = actions.record_change(
        [world.power, world.health], kind="merged", by=world.administrator, at=world.at, **facts
    )

    assert [c.agency for c in merged] == [world.power]
    assert world.fresh(world.power).succeeded_by == world.health
    assert world.fresh(world.health).is_active
    assert [c.agency for c in history_of(world.health).origins] == [world.power]


def test_a_split_names_all_its_parts_and_ends_the_old_body(world):
    water, current = (
        make_agency("MOW", "وزارت آب", "Water"),
        make_agency("MOC", "وزارت برق", "Current"),
    )

    change(world, world.power, "split", successors=[water, current])

    ended = world.fresh(world.power)
    assert (ended.is_active, ended.succeeded_by) == (False, None)
    assert set(history_of(ended).ends[0].successors.all()) == {water, current}
    assert not Participation.objects.filter(
        agency__in=(water, current)
    ).exists()  # from the next cycle on


def test_an_agency_that_is_among_the_parts_of_its_split_goes_on(world):
    water = make_agency("MOW", "وزارت آب", "Water")

    change(world, world.power, "split", successors=[world.power, water])

    assert world.fresh(world.power).is_active
    assert Participation.objects.active().filter(agency=world.power).exists()
    assert [c.kind for c in history_of(water).origins] == ["split"]


def test_an_agency_that_is_established_again_takes_part_from_the_next_cycle_on(world):
    change(world, world.power, "merged", successors=[world.health])

    change(world, world.power, "restored")

    again = world.fresh(world.power)
    assert (again.is_active, again.succeeded_by) == (True, None)
    assert not Participation.objects.active().filter(agency=again).exists()


# --- What is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "facts", "words"),
    [
        ("renamed", {}, "A new name"),
        (
            "renamed",
            {"name_fa": "وزارت نیرو", "name_en": "Ministry of Energy"},
            "called so already",
        ),
        ("merged", {}, "merged into one"),
        ("split", {}, "at least two"),
        ("restored", {}, "has not ended"),
    ],
)
def test_a_change_that_says_too_little_is_refused_in_words(world, kind, facts, words):
    with pytest.raises(Refused, match=words):
        change(world, world.power, kind, **facts)

    assert not RegisterChange.objects.exists()


def test_a_body_that_has_ended_neither_ends_again_nor_succeeds_another(world):
    change(world, world.power)

    with pytest.raises(Refused, match="has ended already"):
        change(world, world.power)
    with pytest.raises(Refused, match="can succeed nobody"):
        change(world, world.health, "merged", successors=[world.fresh(world.power)])


def test_the_authority_itself_cannot_end_here(world):
    Agency.objects.filter(pk=world.power.pk).update(is_authority=True)

    with pytest.raises(Refused, match="authority"):
        change(world, world.power)


def test_a_legal_basis_of_tomorrow_is_refused(world):
    with pytest.raises(Refused, match="still to come"):
        change(world, world.power, dated_on=today(world) + timedelta(days=1))


def test_a_name_from_an_earlier_day_does_not_undo_a_later_one(world):
    change(world, world.power, "renamed", name_fa="وزارت انرژی", days=-2)

    with pytest.raises(Refused, match="another name already"):
        change(world, world.power, "renamed", name_fa="وزارت آب و برق", days=-3)
    change(world, world.power, "renamed", name_fa="وزارت آب و برق", days=-2)

    assert world.fresh(world.power).name_fa == "وزارت آب و برق"
    assert [c.name_fa for c in history_of(world.power).names] == ["وزارت انرژی", "وزارت نیرو"]


def test_two_bodies_never_wait_to_be_merged_into_one_another(world):
    change(world, world.power, "merged", days=3, successors=[world.health])

    for days in (1, 3):
        with pytest.raises(Refused, match="Another change waits"):
            change(world, world.health, "merged", days=days, successors=[world.power])

    assert RegisterChange.objects.count() == 1


def test_a_body_that_others_wait_to_give_way_to_does_not_end_before_them(world):
    change(world, world.power, "merged", days=3, successors=[world.health])

    with pytest.raises(Refused, match="Another change waits"):
        change(world, world.health)
    later = change(world, world.health, days=4)

    assert later.state == "recorded"


def test_a_body_that_waits_for_its_own_end_succeeds_nobody_after_it(world):
    change(world, world.health, days=3)

    with pytest.raises(Refused, match="Another change waits"):
        change(world, world.power, "merged", days=4, successors=[world.health])
    sooner = change(world, world.power, "merged", days=2, successors=[world.health])

    assert sooner.state == "recorded"


def test_two_changes_of_one_agency_cannot_wait_at_once(world):
    waiting = change(world, world.power, days=3)

    with pytest.raises(Refused, match="Another change waits"):
        change(world, world.power, days=5)
    with pytest.raises(IntegrityError), transaction.atomic():
        RegisterChange.objects.create(**BASIS, kind="split", agency=world.power, effective_on=waiting.effective_on,
                                      name_fa="x", recorded_at=world.at)  # fmt: skip


@pytest.mark.parametrize("who", ["auditor", "provincial_administrator", "head", "stranger"])
def test_only_a_national_administrator_changes_the_register(world, who):
    facts = BASIS | {"effective_on": today(world)}

    with pytest.raises(Refused, match="national administrator"):
        actions.record_change(
            [world.power], kind="dissolved", by=world.people[who], at=world.at, **facts
        )
