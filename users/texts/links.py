"""Addresses in a text: of the web and of mail, however they are spelled."""

import re

# Endings of addresses that end no ordinary word: a dot and one of these is an address.
ENDINGS = frozenset(
    """
    com net org info biz io gg tv app dev xyz shop site online store link live club top vip pro
    gov edu mil int mobi name aero coop jobs travel asia cat post tel xxx porn sex adult cam
    chat click cloud cash coins money fun games game gift gifts bet casino poker win bid loan
    work works world space website web blog page wiki media news email mail support team tech
    today video music art social network systems solutions services agency digital design studio
    group global center ru ua su kz by de at ch nl uk eu fr pl cz sk hu ro bg gr tr pt br mx ar
    cl co ve cn jp kr tw hk vn th ph sg nz za ng ke eg ma dz tn sa ae ir il pk bd lk np ge az uz
    ee lv lt fi dk cc ws fm ai ly gl ee vc tk ml ga cf gq pw su lol icu cyou buzz monster quest
    bio рф ру ком
    """.split()
)
# Endings that are words as well, or ends of file names: only with what follows an address.
WORDS_TOO = frozenset(
    """
    in is it no so me to am us as at be do my by he hi if id la le li se si ne na ja es et al el
    un os sh py rs md ps cc tm st sc ms mr dr lo ma pa ca ie im je zip mov foo day how new now
    here art one work live post page team name fun win top pro cat rest bet tel int able date
    chat click today news mail game games gift gifts money video music coins asia travel jobs
    style world
    """.split()
)
# After a space these alone make an address of what stands before: example .com
SURE = "com|net|org|io|gg|tv|ru|xyz|info|biz|shop|app|co"
# The dot in words, where a sure ending follows.
DOT_WORDS = "dot|d0t|d o t|punkt|punto|ponto|point|точка|tocka|nokta"
SURE_IN_WORDS = f"{SURE}|de|uk|fr|es|it|me|ly|be|ком|ру|рф|нет|орг"

LABEL = r"[^\W_][\w\-]{0,62}"
# Brackets around a dot or an at hide it from machines alone.
BRACKETED_DOT = re.compile(rf"\s?[\[({{<]\s?(?:\.|,|{DOT_WORDS})\s?[\])}}>]\s?")
BRACKETED_AT = re.compile(r"\s?[\[({<]\s?(?:@|at|arroba|chiocciola|собака)\s?[\])}>]\s?")
OTHER_DOTS = str.maketrans(dict.fromkeys("。․•●∙⋅·。⸱᛫", "."))
SPOKEN_DOT = re.compile(rf"[\w\-](?:\s|[-_*~])(?:{DOT_WORDS})(?:\s|[-_*~])(?:{SURE_IN_WORDS})\b")
JOINED_DOT = re.compile(rf"[^\W_]{{2}}dot(?:{SURE})\b")
SPACED_DOT = re.compile(rf"[\w\-] (?:\.|,) ?(?:{SURE})(?![\w\-])")
ENDING_DOT = re.compile(r"[\w\-](?:\. |, ?)(?:com|net|org)(?=/|$)")
SCHEME = re.compile(r"\bh(?:tt|xx|\*\*|__)ps?\b ?:|\bh(?:xx|\*\*)ps?\b|: ?/ ?/[\w\[]")
WWW = re.compile(r"\bwww ?[.,] ?\w|\bwww\d? (?:dot )?\w{2,30} (?:dot|com)")
HOST = re.compile(rf"(?<![\w\-@.])((?:{LABEL}\.){{1,4}})({LABEL})(?![\w\-])(/|:\d|#\w)?")
NUMERIC_HOST = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])(?::\d|/|\b)")
SHORT_PATH = re.compile(r"\b(?:t|bit|youtu|wa|fb|discord|cutt|tiny|goo|is|linktr|cash)\.\w{2,3}/")
# Names of services whose addresses are given without an ending: t me slash name.
SPOKEN_PATH = re.compile(r"\b(?:t me|telegram me|wa me|bit ly|discord gg)(?: slash |/| / )")

MAIL = re.compile(r"[\w.+\-]{1,64} ?@ ?[\w\-]{1,63}(?: ?\. ?| dot )[^\W\d_]{2}")
PROVIDERS = "gmail|googlemail|hotmail|outlook|yahoo|icloud|proton|gmx|yandex|mailru|aol|live"
MAIL_AT_PROVIDER = re.compile(rf"[\w.+\-]{{2,64}} ?@ ?(?:{PROVIDERS})\b")
SPOKEN_MAIL = re.compile(rf"[\d._+\-]\w{{0,30}} at (?:{PROVIDERS})\b")
SPOKEN_AT_DOT = re.compile(
    rf"[\w.+\-] (?:at|arroba) [\w\-]{{2,63}} (?:{DOT_WORDS}) [a-z]{{2,4}}\b"
    rf"|[\w.+\-] arroba [\w\-]{{2,63}}\.[a-z]{{2,4}}\b"
)

BEGINS_SENTENCE = re.compile(r"\w\.([A-ZÀ-Ý][a-zß-ÿ]{0,62})\b")


def plain_dots(folded: str) -> str:
    """A folded text with its dots and at signs written as such."""
    text = BRACKETED_AT.sub("@", BRACKETED_DOT.sub(".", folded))
    return text.translate(OTHER_DOTS)


def has_mail(text: str) -> bool:
    """Whether a text out of `plain_dots` holds an address of mail."""
    found = (MAIL, MAIL_AT_PROVIDER, SPOKEN_MAIL, SPOKEN_AT_DOT)
    return any(pattern.search(text) for pattern in found)


def has_link(text: str, written: str) -> bool:
    """Whether a text out of `plain_dots` holds an address of the web.

    `written` is the same as it was written, in which a capital after a dot begins a sentence.
    """
    found = (SCHEME, WWW, SPOKEN_DOT, JOINED_DOT, SPACED_DOT, ENDING_DOT, NUMERIC_HOST)
    if any(pattern.search(text) for pattern in (*found, SHORT_PATH, SPOKEN_PATH)):
        return True
    sentences = {match.casefold() for match in BEGINS_SENTENCE.findall(written)}
    return any(_is_host(match, sentences) for match in HOST.finditer(text))


def _is_host(match: re.Match[str], sentences: set[str]) -> bool:
    labels, ending, path = match[1].rstrip(".").split("."), match[2], match[3]
    if ending not in ENDINGS and ending not in WORDS_TOO:
        return False
    if not any(sign.isalpha() for label in labels for sign in label):
        return False  # 3.5 and 10.30 are numbers, whatever follows
    if path or labels[0] == "www":
        return True
    if ending in WORDS_TOO:
        # "Good.It was" lacks a space; a name with a digit or a hyphen is no word before it.
        return any(not label.isalpha() for label in labels) and ending not in sentences
    return True
