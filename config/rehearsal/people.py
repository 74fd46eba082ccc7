"""Who acts in a rehearsal or demonstration: accounts for every role and every agency."""

from dataclasses import dataclass
from datetime import UTC, datetime

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


class _Register:
    """Collects accounts with their roles in the order of their keys, and stores them at once."""

    def __init__(self, domain: str) -> None:
        self.domain = domain
        self.password = make_password(PASSWORD)
        self.users: dict[str, User] = {}
        self.memberships: list[Membership] = []

    def account(self, name: str, name_fa: str, name_en: str) -> User:
        """Make an account that is stored with the others; its name is written in small letters."""
        name = name.lower()
        self.users[name] = User(
            username=name,
            email=f"{name}@{self.domain}",
            name_fa=name_fa,
            name_en=name_en,
            password=self.password,
        )
        return self.users[name]

    def appoint(
        self,
        user: User,
        role: Role,
        *,
        constituency: str = "",
        agency: Agency | None = None,
        province: Province | None = None,
        is_chair: bool = False,
        is_outsider: bool = False,
    ) -> None:
        membership = Membership(
            user=user,
            role=role,
            constituency=constituency,
            agency=agency,
            province=province,
            is_chair=is_chair,
            is_outsider=is_outsider,
            valid_from=EPOCH,
        )
        self.memberships.append(membership)

    def store(self) -> None:
        User.objects.bulk_create(self.users.values())
        Membership.objects.bulk_create(self.memberships)


def make_cast(agencies: list[Agency], *, domain: str = "example.org") -> Cast:
    """Make accounts for every role and agency, all with PASSWORD; agency accounts are named for
    its code.
    """
    register = _Register(domain)
    _appoint_officers(register)
    _appoint_partners(register, agencies[0])
    _appoint_assessors_and_reviewers(register)
    _appoint_provincial_administrators(register, agencies)
    people = _appoint_agency_people(register, agencies)
    register.store()
    _delegate(register, people[Role.HEAD][agencies[0].pk], agencies[0])

    users = register.users
    Interest.objects.create(
        user=users["steward"],
        agency=agencies[-1],
        reason="عضو هیئت امنای دستگاه",
        declared_at=EPOCH,
    )
    return Cast(
        administrator=users["administrator"],
        secretary=users["secretary"],
        auditor=users["auditor"],
        chair=users["chair"],
        members=[users["member"], users["budget"]],
        assessors=[users[f"assessor{number}"] for number in range(1, ASSESSORS + 1)],
        reviewers=[users[f"reviewer{number}"] for number in range(1, REVIEWERS + 1)],
        steward=users["steward"],
        staff=people[Role.STAFF],
        heads=people[Role.HEAD],
    )


def _appoint_officers(register: _Register) -> None:
    """Appoint who acts for the authority, and the working group's members of its own and of the
    budget organization.
    """
    administrator = register.account("administrator", "مریم رضایی", "Maryam Rezaei")
    register.appoint(administrator, Role.ADMINISTRATOR)
    secretary = register.account("secretary", "علی اکبری", "Ali Akbari")
    register.appoint(secretary, Role.ADMINISTRATOR)
    auditor = register.account("auditor", "حسین مرادی", "Hossein Moradi")
    register.appoint(auditor, Role.AUDITOR)
    chair = register.account("chair", "ناصر کریمی", "Naser Karimi")
    register.appoint(chair, Role.MEMBER, constituency=Constituency.AUTHORITY, is_chair=True)
    member = register.account("member", "زهرا احمدی", "Zahra Ahmadi")
    register.appoint(member, Role.MEMBER, constituency=Constituency.AUTHORITY)
    budget = register.account("budget", "کاوه شریفی", "Kaveh Sharifi")
    register.appoint(budget, Role.MEMBER, constituency=Constituency.BUDGET)


def _appoint_partners(register: _Register, agency: Agency) -> None:
    """Appoint experts and the steward, and for one agency those that not every agency has."""
    expert = register.account("expert", "لیلا صادقی", "Leila Sadeghi")
    register.appoint(expert, Role.MEMBER, constituency=Constituency.EXPERT)
    steward = register.account("steward", "امیر نوری", "Amir Nouri")
    register.appoint(steward, Role.STEWARD, is_outsider=True)
    representative = register.account("representative", "سارا جعفری", "Sara Jafari")
    register.appoint(representative, Role.MEMBER, constituency=Constituency.AGENCY, agency=agency)
    headquarters = register.account("headquarters", "پروین هاشمی", "Parvin Hashemi")
    register.appoint(headquarters, Role.HEADQUARTERS, agency=agency)
    administrator = register.account("agency-administrator", "بهرام قاسمی", "Bahram Ghasemi")
    register.appoint(administrator, Role.AGENCY_ADMINISTRATOR, agency=agency)


def _appoint_assessors_and_reviewers(register: _Register) -> None:
    """Appoint assessors and reviewers; every second one is no employee of the authority."""
    for role, count, fa, en in (
        (Role.ASSESSOR, ASSESSORS, "ارزیاب", "Assessor"),
        (Role.REVIEWER, REVIEWERS, "رسیدگی‌کننده", "Reviewer"),
    ):
        for number in range(1, count + 1):
            digits = persian_digits(str(number))
            user = register.account(f"{en}{number}", f"{fa} {digits}", f"{en} {number}")
            register.appoint(user, role, is_outsider=number % 2 == 0)


def _appoint_provincial_administrators(register: _Register, agencies: list[Agency]) -> None:
    for province in Province.objects.filter(agencies__in=agencies).distinct().order_by("code"):
        user = register.account(
            f"administrator-{province.code.removeprefix('IR-')}",
            f"راهبر {province.name_fa}",
            f"Administrator of {province.name_en}",
        )
        register.appoint(user, Role.ADMINISTRATOR, province=province)


def _appoint_agency_people(
    register: _Register, agencies: list[Agency]
) -> dict[Role, dict[int, User]]:
    """Appoint staff and a head in each agency; answer with them by role and the agency's key."""
    people: dict[Role, dict[int, User]] = {Role.STAFF: {}, Role.HEAD: {}}
    for agency in agencies:
        for role, fa, en in ((Role.STAFF, "کارشناس", "Staff"), (Role.HEAD, "رئیس", "Head")):
            user = register.account(
                f"{role}-{agency.code}",
                f"{fa} {agency.name_fa}"[:150],
                f"{en}, {agency.name_en}"[:150],
            )
            people[role][agency.pk] = user
            register.appoint(user, role, agency=agency)
    return people


def _delegate(register: _Register, head: User, agency: Agency) -> None:
    """Let a deputy sign for the head of an agency."""
    deputy = register.account("deputy", "شهرام زمانی", "Shahram Zamani")
    deputy.save()
    Membership.objects.create(
        user=deputy,
        role=Role.DEPUTY,
        agency=agency,
        delegated_by=head,
        valid_from=EPOCH,
        valid_until=DELEGATED_UNTIL,
    )
