"""Offers of coins from elsewhere: cheap, free, sold, made by a generator."""

import re

# Words as they stand in a folded text; each language's words side by side.
COINS = (
    r"(?:"
    r"coins?z?|koins?|diamonds?|diamantes?|diamanten|gems|recharges?|top ?ups?|munzen|"
    r"muenzen|monedas|moedas|monete|монеты|монет|монетки|алмазы|jetons?|jeton|coin lar|"
    r"coini|pieniadze|monety"
    r")"
)
CHEAP = (
    r"(?:"
    r"cheap(?:er|est)?|free|discount(?:ed)?|half ?price|unlimited|hacked|bonus|billige?n?|"
    r"gunstige?n?|kostenlose?n?|gratis|baratas?|baratos?|gratuites?|gratuits?|economiche|"
    r"gratuite|gratuitas?|дешевые|дешево|дешевле|бесплатно|бесплатные|халявные|ucuz|bedava|"
    r"tanie|darmowe"
    r")"
)
SELLS = (
    r"(?:"
    r"selling|i sell|we sell|vendo|vendemos|vendre|vends|verkaufe|verkaufen|vendiamo|продам|"
    r"продаю|satilik|satiyorum|sprzedam|resell(?:ing|er)?|buy your|get your|order your|"
    r"cash ?out"
    r")"
)
# At most one or two words between, never across the end of a sentence.
NEAR = r"(?: [\w%+.\-]{1,20}){0,1} "
AFTER = r" (?:[\w]{1,12} ){0,2}"
OFFERS = re.compile(
    rf"\b{CHEAP}{NEAR}{COINS}\b(?! gift)"
    rf"|\b{SELLS}{AFTER}{COINS}\b"
    rf"|\b{COINS}{AFTER}(?:for )?(?:free|cheap(?:er)?|gratis|baratas?|pas cher|billig|gunstig|"
    rf"kostenlos|бесплатно|дешево|дешевле|ucuza?|bedava|tanio|za darmo)\b"
    rf"|\b{COINS} (?:for sale|generator|hack|hacks|glitch|cheat|shop outside|reseller|giveaway)"
    rf"|\b{COINS} (?:[a-z]{{1,8}} )?(?:-?\d{{1,2}} ?%|\d{{1,2}} ?(?:percent|prozent) "
    rf"(?:off|less|cheaper))"
    rf"|\b\d{{1,2}} ?(?:%|percent|prozent) (?:off|discount|rabatt|cheaper|less|bonus) "
    rf"(?:on |for |auf )?(?:all |your |every )?{COINS}\b"
    rf"|\b(?:half|best|lowest|low|better) (?:the )?prices? (?:for |on |of )?"
    rf"(?:all |your )?{COINS}\b"
    rf"|\b{COINS} (?:at|for) (?:half|best|lowest|low|better) (?:the )?prices?\b"
    rf"|\b(?:buy|get|order) {COINS} (?:from|through|via) (?:me|us|my|our)\b"
    rf"|\b(?:dm|message|write|contact|pm|text) (?:me|us) for (?:[a-z]{{1,12}} ){{0,2}}{COINS}\b"
    rf"|\b(?:cheap|free|selling|unlimited)(?:coins|diamonds)\b"
    rf"|\bpieces (?:gratuites|pas cheres?|a vendre)|\b(?:vends|je vends) (?:des |mes )?pieces\b"
    rf"|\bдешевые монеты|\bмонеты (?:недорого|дешево)"
)


def offers_coins(folded: str) -> bool:
    """Whether a folded text, read as letters, offers coins past the site."""
    return OFFERS.search(folded) is not None
