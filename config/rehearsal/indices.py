"""How a demonstration follows international indices: the initial table, one agency's report, one
recommendation.
"""

from datetime import datetime

from config.rehearsal.people import Cast
from festival.indices import actions as indices
from festival.models import Index

YEAR = 1403
DONE = "سامانه‌های دریافت درخواست یکپارچه شد و خدمات پرکاربرد به پنجرهٔ ملی خدمات پیوست."
ASKED = "برای پیوند پایگاه‌های داده، اعتبار و همکاری دستگاه‌های صاحب داده لازم است."
RECOMMENDED = (
    "در برنامهٔ بعدی، زیرساخت ارتباطی و خدمات برخط با هم دیده شود و برای هر دو هدف کمّی "
    "سالانه تعیین گردد."
)


def follow(cast: Cast, *, at: datetime) -> None:
    """Begin the register; of the e-government index an agency reports, where one that answers for
    it is there.
    """
    indices.load_register(by=cast.administrator, at=at)
    index = Index.objects.for_list().get(code="EGDI")
    if agency := next((a for a in index.agencies.all() if a.pk in cast.heads), None):
        staff, head = cast.staff[agency.pk], cast.heads[agency.pk]
        draft = indices.write_report(
            index, agency, year=YEAR, done=DONE, asked=ASKED, by=staff, at=at
        )
        indices.send_report(draft, by=head, at=at)
    version = indices.recommend(index, year=YEAR, text=RECOMMENDED, by=cast.administrator, at=at)
    indices.approve_recommendation(version, by=cast.administrator, at=at)
