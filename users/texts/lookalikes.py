"""Letters and signs that a quick eye takes for a Latin letter: one compact table, kept by hand.

Compatibility forms (fullwidth, mathematical, circled, superscript) are not here: NFKC knows them.
"""

# What is drawn like a Latin letter and belongs to no alphabet that people write words in, or to
# Latin itself: always that letter. Each entry is the letter, then its look-alikes.
ALWAYS_ALIKE = """
    a ɑᴀɐᶏⱥꬰ b ʙƀɓᴃƃ c ᴄƈȼɕꞓ d ᴅđɖɗðᑯꭰ e ᴇɘəɛɇǝꬲ f ꜰƒꬵʄ g ɢɡǥɠᶃ h ʜħɦɥ i ɪıɨᵻɩꭵ
    j ᴊʝɉȷ k ᴋƙꝁ l ʟłƚɫɭⅼ m ᴍɱʍ n ɴŋɲƞɳ o ᴏøɵꬽ p ᴘƥꝑ q ɋʠꝗ r ʀɍɾɹɽꞧ
    s ꜱʂȿᶊ t ᴛŧƭʈʇ u ᴜʉʊ v ᴠʋʌ w ᴡⱳʍ x ᶍꭓ y ʏɏƴ z ᴢƶȥʐ
    ae æ oe œ th þ
"""

# Letters of other alphabets. Where a word mixes them with Latin ones, or all that it holds looks
# Latin and nothing else in the text is of that alphabet, they stand for the Latin letter.
OTHER_ALPHABETS = """
    a аαӕᎪ b вβъьᏏᏼ c сϲςᏟ d ԁᏧժ e еєεҽёᎬҿ f ғϝϜ g ɢԌᏀց h нһηհᎻ i іιїίϊᎥլ j јϳᎫյ k кκқҝᏦ l ӏιᏞլ
    m мᎷ n пиνηռո o оοσөӨօՕ p рρᏢ q ԛգզ r гяᏒ s ѕςտᏚ t тτᎢ u υцµմսц v νѵѷᏙ w шщωԝᎳա x хχҳ
    y уγүұყ z ᏃʐȜ
"""

# Capital letters drawn in signs that no compatibility form explains: negative squares and circles,
# and the letters of flags.
LETTER_SIGNS = (0x1F170, 0x1F150, 0x1F1E6)

# Digits and signs that stand for a letter inside a word that has letters.
LEET_DIGITS = {"0": "o", "1": "i", "2": "z", "3": "e", "4": "a", "5": "s", "6": "g", "7": "t"}
LEET_DIGITS |= {"8": "b", "9": "g"}
LEET_SIGNS = {"@": "a", "$": "s", "!": "i", "|": "i", "+": "t", "€": "e", "£": "l", "¢": "c"}
LEET_SIGNS |= {"¥": "y", "₿": "b", "§": "s", "¡": "i"}
# Signs that hide one letter on purpose: f*ck.
HIDING_SIGNS = "*#%∗✱"


def _pairs(table: str) -> dict[str, str]:
    """The first letter that a sign is said to look like."""
    words = table.split()
    pairs: dict[str, str] = {}
    for letter, alike in zip(words[::2], words[1::2], strict=True):
        for sign in alike:
            pairs.setdefault(sign, letter)
    return pairs


def _signs() -> dict[str, str]:
    return {chr(first + n): chr(ord("a") + n) for first in LETTER_SIGNS for n in range(26)}


ALWAYS = str.maketrans(_pairs(ALWAYS_ALIKE) | _signs())
# Letters as they are after casefold: capitals of other alphabets have become small by then.
OTHERS = _pairs(OTHER_ALPHABETS)
OTHERS |= {upper.casefold(): letter for upper, letter in list(OTHERS.items())}
TO_LATIN = str.maketrans(OTHERS)
