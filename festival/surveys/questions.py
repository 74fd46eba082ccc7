"""The questions that a survey of the agencies usually asks, in both languages; a year's own are
rows of its survey.
"""

from typing import NamedTuple


class Question(NamedTuple):
    """One question; of a choice, the words of each."""

    kind: str
    fa: str
    en: str
    choices: tuple[tuple[str, str], ...] = ()


QUESTIONS = (
    Question(
        "choice",
        "شاخص‌ها چه زمانی به دستگاه شما ابلاغ شد؟",
        "When did the indicators reach your agency?",
        (
            ("پیش از آغاز سال", "Before the year began"),
            ("در نیمهٔ نخست سال", "In the first half of the year"),
            ("در نیمهٔ دوم سال", "In the second half of the year"),
            ("پس از پایان سال", "After the year had ended"),
        ),
    ),
    Question(
        "scale",
        "تعریف شاخص‌ها و هدف‌ها روشن بود. (۱: هیچ، ۵: کاملاً)",
        "The definitions of indicators and targets were clear. (1: not at all, 5: fully)",
    ),
    Question(
        "scale",
        "امتیازدهی منصفانه بود و دلیل هر امتیاز نوشته شده بود.",
        "The scoring was fair, and the reason of every score was given.",
    ),
    Question(
        "scale",
        "به اعتراض‌ها به‌موقع و با دلیل پاسخ داده شد.",
        "Appeals were answered in time and with reasons.",
    ),
    Question(
        "scale",
        "کار با سامانه آسان بود.",
        "The portal was easy to work with.",
    ),
    Question(
        "scale",
        "نتیجهٔ ارزیابی به بهبود کار دستگاه کمک می‌کند.",
        "The result of the assessment helps the agency to do better.",
    ),
    Question(
        "choice",
        "خودارزیابی امسال روی هم چند ساعت کار از همکاران شما گرفت؟",
        "How many hours did this year's self-assessment take of all your colleagues together?",
        (
            ("کمتر از ۴۰ ساعت", "Fewer than 40"),
            ("۴۰ تا ۱۰۰ ساعت", "40 to 100"),
            ("۱۰۰ تا ۳۰۰ ساعت", "100 to 300"),
            ("بیش از ۳۰۰ ساعت", "More than 300"),
        ),
    ),
    Question(
        "text",
        "چه چیزی را پیش از همه باید بهتر کرد؟",
        "What should be made better before all else?",
    ),
)
