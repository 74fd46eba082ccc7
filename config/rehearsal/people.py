"""Who acts in a rehearsal or demonstration: accounts for every role and every agency."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.hashers import make_password

from agencies.models import Agency, Interest, Membership, Province, User
from agencies.persian import persian_digits
from agencies.roles import Constituency, Role

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
DELEGATED_UNTIL = datetime(2040, 1, 1, tzinfo=UTC)
PASSWORD = "demo-Portal-82"  # noqa: S105 -- of demonstration accounts only, printed at the start
ASSESSORS, REVIEWERS = 18, 4


@dataclass
class Cast:
    """Who acts: national officers by role, and each agency's staff and head by its key."""

    administrator: User
    secretary: User
    auditor: User
    chair: User
    members: list[User]
    assessors: list[User]
    reviewers: list[User]
    steward: User
    staff: dict[int, User]
    heads: dict[int, User]


def make_cast(agencies: list[Agency], *, domain: str = "example.org") -> Cast:
    """Accounts for every role and agency, all with PASSWORD; agency accounts are named for its
    code.
    """
    password = make_password(PASSWORD)

    def account(name: str, fa: str, en: str) -> User:
        name = name.lower()
        return User(
            username=name, email=f"{name}@{domain}", name_fa=fa, name_en=en, password=password
        )

    officers: dict[str, tuple[User, dict[str, Any]]] = {
        "administrator": (
            account("administrator", "مریم رضایی", "Maryam Rezaei"),
            {"role": Role.ADMINISTRATOR},
        ),
        "secretary": (
            account("secretary", "علی اکبری", "Ali Akbari"),
            {"role": Role.ADMINISTRATOR},
        ),
        "auditor": (account("auditor", "حسین مرادی", "Hossein Moradi"), {"role": Role.AUDITOR}),
        "chair": (
            account("chair", "ناصر کریمی", "Naser Karimi"),
            {"role": Role.MEMBER, "constituency": Constituency.AUTHORITY, "is_chair": True},
        ),
        "member": (
            account("member", "زهرا احمدی", "Zahra Ahmadi"),
            {"role": Role.MEMBER, "constituency": Constituency.AUTHORITY},
        ),
        "budget": (
            account("budget", "کاوه شریفی", "Kaveh Sharifi"),
            {"role": Role.MEMBER, "constituency": Constituency.BUDGET},
        ),
    }
    first = agencies[0]
    for name, fa, en, membership in (
        (
            "expert",
            "لیلا صادقی",
            "Leila Sadeghi",
            {"role": Role.MEMBER, "constituency": Constituency.EXPERT},
        ),
        ("steward", "امیر نوری", "Amir Nouri", {"role": Role.STEWARD, "is_outsider": True}),
        (
            "representative",
            "سارا جعفری",
            "Sara Jafari",
            {"role": Role.MEMBER, "constituency": Constituency.AGENCY, "agency": first},
        ),
        (
            "headquarters",
            "پروین هاشمی",
            "Parvin Hashemi",
            {"role": Role.HEADQUARTERS, "agency": first},
        ),
        (
            "agency-administrator",
            "بهرام قاسمی",
            "Bahram Ghasemi",
            {"role": Role.AGENCY_ADMINISTRATOR, "agency": first},
        ),
    ):
        officers[name] = (account(name, fa, en), membership)
    for number in range(1, ASSESSORS + 1):
        user = account(
            f"assessor{number}", f"ارزیاب {persian_digits(str(number))}", f"Assessor {number}"
        )
        officers[f"assessor{number}"] = (
            user,
            {"role": Role.ASSESSOR, "is_outsider": number % 2 == 0},
        )
    for number in range(1, REVIEWERS + 1):
        user = account(
            f"reviewer{number}", f"رسیدگی‌کننده {persian_digits(str(number))}", f"Reviewer {number}"
        )
        officers[f"reviewer{number}"] = (
            user,
            {"role": Role.REVIEWER, "is_outsider": number % 2 == 0},
        )
    for province in Province.objects.filter(agencies__in=agencies).distinct().order_by("code"):
        tail = province.code.removeprefix("IR-")
        user = account(
            f"administrator-{tail}",
            f"راهبر {province.name_fa}",
            f"Administrator of {province.name_en}",
        )
        officers[user.username] = (user, {"role": Role.ADMINISTRATOR, "province": province})
    held = list(officers.values())
    people: dict[str, dict[int, User]] = {Role.STAFF: {}, Role.HEAD: {}}
    for agency in agencies:
        for role, fa, en in ((Role.STAFF, "کارشناس", "Staff"), (Role.HEAD, "رئیس", "Head")):
            user = account(
                f"{role}-{agency.code}",
                f"{fa} {agency.name_fa}"[:150],
                f"{en}, {agency.name_en}"[:150],
            )
            people[role][agency.pk] = user
            held.append((user, {"role": role, "agency": agency}))
    User.objects.bulk_create([user for user, _membership in held])
    Membership.objects.bulk_create(Membership(user=user, valid_from=EPOCH, **m) for user, m in held)
    deputy = account("deputy", "شهرام زمانی", "Shahram Zamani")
    deputy.save()
    head = {
        "delegated_by": people[Role.HEAD][first.pk],
        "valid_from": EPOCH,
        "valid_until": DELEGATED_UNTIL,
    }
    Membership.objects.create(user=deputy, role=Role.DEPUTY, agency=first, **head)
    tie = {"agency": agencies[-1], "reason": "عضو هیئت امنای دستگاه", "declared_at": EPOCH}
    Interest.objects.create(user=officers["steward"][0], **tie)
    return Cast(
        administrator=officers["administrator"][0],
        secretary=officers["secretary"][0],
        auditor=officers["auditor"][0],
        chair=officers["chair"][0],
        members=[officers[name][0] for name in ("member", "budget")],
        assessors=[u for name, (u, _m) in officers.items() if name.startswith("assessor")],
        reviewers=[u for name, (u, _m) in officers.items() if name.startswith("reviewer")],
        steward=officers["steward"][0],
        staff=people[Role.STAFF],
        heads=people[Role.HEAD],
    )
