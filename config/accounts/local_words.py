"""Words that a guesser in Iran tries first, which lists made elsewhere do not have; put together
for this portal.

Each is written in Persian and as people spell it in Latin letters; `FORMS` adds what comes out when
the Persian word is typed while the keyboard is set to Latin letters.
"""

_WORDS = """
سلام salam
خدا khoda
خدایا khodaya
الله allah
علی ali
یاعلی yaali
محمد mohammad
محمد mohamad
حسین hossein
حسین hosein
حسن hassan
حسن hasan
رضا reza
فاطمه fatemeh
فاطمه fateme
زهرا zahra
مریم maryam
زینب zeynab
مهدی mahdi
مهدی mehdi
امیر amir
عباس abbas
ابوالفضل abolfazl
ابراهیم ebrahim
احمد ahmad
اکبر akbar
اصغر asghar
سعید saeed
سعید saeid
مجید majid
حمید hamid
مسعود masoud
مسعود masood
محسن mohsen
مصطفی mostafa
مرتضی morteza
جواد javad
صادق sadegh
کاظم kazem
ناصر naser
نرگس narges
سارا sara
نازنین nazanin
نیلوفر niloofar
کوروش koorosh
کوروش kourosh
داریوش dariush
آرش arash
بابک babak
پارسا parsa
پارس pars
پرسپولیس perspolis
پرسپولیس persepolis
استقلال esteghlal
ایران iran
ایرانی irani
تهران tehran
اصفهان esfahan
اصفهان isfahan
مشهد mashhad
شیراز shiraz
تبریز tabriz
قم qom
قم ghom
کرج karaj
اهواز ahvaz
رشت rasht
یزد yazd
کرمان kerman
گیلان gilan
مازندران mazandaran
خراسان khorasan
خوزستان khuzestan
فارس fars
خلیج khalij
دماوند damavand
عشق eshgh
عشقم eshgham
عزیزم azizam
دوستت doostet
دارم daram
زندگی zendegi
گل gol
مادر madar
مامان maman
پدر pedar
بابا baba
رمز ramz
رمزعبور ramzobur
گذرواژه gozarvazheh
پسورد pasword
کاربر karbar
کاربری karbari
ورود vorood
مدیر modir
مدیریت modiriat
مدیرکل modirkol
رئیس rais
معاون moaven
کارشناس karshenas
اداره edareh
اداری edari
اداری edary
سازمان sazman
سازمانی sazmani
وزارت vezarat
وزیر vazir
دولت dolat
دولتی dolati
استخدامی estekhdami
استانداری ostandari
شهرداری shahrdari
دانشگاه daneshgah
ارزیابی arzyabi
ارزیابی arzeshyabi
ارزیاب arzyab
عملکرد amalkard
جشنواره jashnvareh
شاخص shakhes
سامانه samaneh
کشور keshvar
ملی melli
مرکز markaz
شرکت sherkat
بانک bank
نفت naft
نیرو niroo
بهداشت behdasht
آموزش amoozesh
پرورش parvaresh
اسلامی eslami
جمهوری jomhoori
انقلاب enghelab
شهید shahid
کربلا karbala
محرم moharram
رمضان ramezan
نوروز nowruz
نوروز norooz
فروردین farvardin
اردیبهشت ordibehesht
خرداد khordad
تیر tir
مرداد mordad
شهریور shahrivar
مهر mehr
آبان aban
آذر azar
دی dey
بهمن bahman
اسفند esfand
شنبه shanbeh
جمعه jomeh
یک yek
دو do
سه seh
چهار chahar
پنج panj
"""

_LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,"
_PERSIAN = "ضصثقفغعهخحجچشسیبلاتنمکگظطزرذدئو"
_TYPED_ON_LATIN = str.maketrans(_PERSIAN, _LATIN) | str.maketrans("آپ", "h\\")

SHORTEST = 3
YEARS = frozenset(str(year) for year in range(1300, 1431))
"""The Jalali years in which people were born or now choose passwords."""


def _forms() -> frozenset[str]:
    found = set()
    for line in _WORDS.split("\n"):
        for word in line.split():
            found |= {word, word.translate(_TYPED_ON_LATIN)}
    return frozenset(word for word in found if len(word) >= SHORTEST)


FORMS = _forms()
