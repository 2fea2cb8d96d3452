"""The sentences and the goods of the trade: what comment and TrackBack spam has said since 2005.

Texts are compared folded. Each entry of `_PHRASES` is one move of the usual flattery; a person makes one of
them, a program strings them together.
"""

import re

_THING = (
    r"(?:blogs?|weblogs?|web ?logs?|sites?|web ?sites?|web ?pages?|pages?|posts?|postings?|articles?|"
    r"forums?|"
    r"paragraphs?|contents?|writings?|write-?ups?|works?|themes?|layouts?|stuff|entry|entries|topics?|"
    r"reads?|"
    r"info|information|informations|place|papers?|texts?|effort|tips?)"
)
_GOOD = (
    r"(?:great|good|nice|fine|neat|excellent|awesome|amazing|wonderful|fantastic|marvell?ous|superb|"
    r"splendid|"
    r"brilliant|outstanding|terrific|lovely|beautiful|cool|best|finest|quality|interesting|informative|"
    r"informational|useful|usefull|helpful|valuable|perfect|impressive|fabulous|incredible|pleasant|"
    r"fastidious|"
    r"magnificent|remarkable|exceptional)"
)
_PHRASES = {
    name: re.compile(pattern)
    for name, pattern in {
        "greeting": r"^\W*(?:hi|hello|hey|howdy|greetings|heya|hiya|good day|whoa|wow|yippee|hurrah)\b",
        "thing": rf"\b(?:your|ur|this|these|the) (?:[\w']+ ){{0,3}}{_THING}\b",
        "praise": rf"\b{_GOOD} (?:\w+ ){{0,2}}{_THING}\b|\b(?:is|are|was|truly|really|very|so|quite|"
        rf"it) {_GOOD}\b",
        "you": r"\b(?:you|youre|you've|you're|u) (?:\w+ ){0,2}(?:know|write|wrote|writing|made|make|"
        r"have|are|did|"
        r"share|shared|put|understand|explain|really|surely|should|can|could|might|would)\b|"
        r"\byour? \w+ skills?\b",
        "thanks": r"\bthanks?\b|\bthank you\b|\bthankful\b|\bgrateful\b|\bcheers\b|\bkudos\b|\bcongrat",
        "pleasure": r"\b(?:i|im|i'm|i am|i've|we|really|truly|much)(?: \w+){0,3} (?:love|loved|loving|"
        r"enjoy|enjoyed|"
        r"like|liked|liking|appreciate|admire|impressed|amazed|pleased|glad|happy|delighted|taken|"
        r"enjoyable|joy)\b",
        "arrival": r"\b(?:found|find|stumbled?|came|come|heard|discovered|visit(?:ed|ing)?|brows(?:e|ed|"
        r"ing)|"
        r"book ?mark(?:ed|ing)?|landed|reached|reading|read|searching|looking|follow(?:ed|"
        r"ing)?) (?:\w+ ){0,3}"
        rf"(?:this|your|it|here|upon|across|about|for|through|of) ?(?:\w+ ){{0,2}}(?:{_THING})?",
        "return": r"\b(?:keep (?:up|it|going|on|posting|writing)|come back|coming back|be back|check back|"
        r"look(?:ing)? forward|bookmark|book-mark|subscrib|stay (?:in touch|up)|more (?:updates|posts)|"
        r"next post|"
        r"go on with|continue to|pay a visit|daily|first time|regularly)",
        "friend": r"\bmy (?:friends?|mates?|brother|cousin|sister|boss|roommate|co-?worker|facebook|"
        r"twitter|wife|"
        r"husband|dad|father|own (?:blog|site|web ?site)|(?:web ?)?site|(?:web ?)?page|home ?page|blog)\b",
        "question": r"\b(?:off[ -]topic|quick question|brief question|wondering if|curious|"
        r"would you (?:know|mind)|"
        r"do you (?:have|know|mind)|did you|any (?:tips|ideas|suggestions|recommendations|help)|"
        r"in case you have|"
        r"how (?:can|do|to) (?:i|you)|please|are you (?:on|maybe)|guest|exchang|swap)\b",
        "software": r"\b(?:internet explorer|firefox|safari|chrome|browsers?|iphone|phones?|mobile|"
        r"word ?press|"
        r"blogengine|platforms?|hosting|web ?host|plug-?ins?|captcha|rss|e-?mails?|newsletter|"
        r"templates?|skin|"
        r"facebook|twitter|google|search engines?|yahoo|spam|comments?)\b",
        "opinion": r"\b(?:i (?:agree|concur|think|believe|guess|must say|do not agree|had|have|was|am|"
        r"want)|"
        r"no doubt|indeed|in fact|actually|in my opinion|to say|folks|people|everybody|everyone|"
        r"readers?|visitors?|"
        r"helpful|knowledge|experience|genuinely|truly|surely|certainly|definitely|absolutely)\b",
        "trade": r"\b(?:sites? (?:we|i) (?:link|like|recommend)|sites? (?:that )?(?:we|you) (?:like|"
        r"should)|"
        r"worth (?:checking|a look|visiting|reading)|check(?:ing)? (?:it|this|these|them)? ?out|"
        r"added a trackback|"
        r"went up today|was made|looking at|useful (?:pages?|sites?|links?)|"
        r"(?:visit|simply|just) (?:visit|click|go)|click here|look here|visit (?:my|our|this)|"
        r"read (?:more|this) (?:on|post)|"
        r"earmarked|details? (?:here|on)|more (?:info|details)|click the|for (?:our|your) readers)\b",
    }.items()
}


_SENTENCES = re.compile(
    r"\binteresting (?:post|text|article|entry|story) (?:was (?:made|written|published)|went up)|"
    r"\badded (?:a|your) (?:trackback|link|pingback) to (?:it|your|this)|"
    r"\btrackback to it on my (?:web)?log|"
    r"\bsites? (?:that )?(?:we|i) (?:have )?(?:link(?:ed)?|follow|backlink|like best|love|recommend)|"
    r"\b(?:web)?sites? (?:that are )?(?:really |definitely )?worth (?:visiting|checking|a (?:visit|look))|"
    r"\breco?mm?ende?d web ?sites?|\bunrelated (?:web)?sites? to ours|\bsites? of interest we|"
    r"\blinks? to (?:web)?sites? that we (?:link|think|like)|\bvisit the (?:web)?sites? we follow|"
    r"\blarge fan of linking|\bcool sites? that you (?:might|may) enjoy|\bstay in touch\b.{0,40}\bread was|"
    r"\bread was interesting|\bread the full post:|\bbookmarked your (?:post|site)|\bearmarked your post|"
    r"\bwe (?:came across|found) a cool (?:web)?site|% ?post(?:domain|title|url) ?%"
)


def has_stock_sentence(folded: str) -> bool:
    """Tell whether a folded text holds a sentence of a known sending program, quoted or not."""
    return _SENTENCES.search(folded) is not None


def stock_phrases(folded: str) -> list[str]:
    """Return the names of the stock phrases in a folded text."""
    return [name for name, pattern in _PHRASES.items() if pattern.search(folded)]


GOODS = re.compile(
    r"viagra|cialis|levitra|xanax|tramadol|phentermine|valium|kamagra|garcinia|\bhgh\b|\bpharmacy\b|"
    r"\bpills?\b|"
    r"weight loss|lose weight|fat burn|casino|\bpoker\b|blackjack|roulette|baccarat|jackpot|gambling|"
    r"bookmaker|"
    r"payday|\bcash loans?\b|\bloans? online|\bpersonal loans?|online loans?|debt (?:relief|consolidation)|"
    r"car insurance|insurance quotes?|forex|binary option|louis ?vuitton|\bgucci\b|\bprada\b|\buggs?\b|"
    r"rolex|"
    r"replica|\boutlet|handbag|\bjerseys?\b|ray ?bans?\b|oakley|louboutin|moncler|burberry|\bporno?\b|"
    r"\bxxx\b|"
    r"\bescorts?\b|\bsex (?:cam|chat|toys?|tube|shop|przez)|hookup|camgirl|\bmilf\b|\bdating sites?|"
    r"\bcheap(?:est)?\b|\bdiscount(?:ed)? |\bwholesale\b|\bcoupon codes?|\bbuy (?!-?in\b)\w+|\bfor sale\b|"
    r"free download|\bhack tools?\b|cheats? codes?|keygen|\bseo (?:service|company|agency|expert|tools?)|"
    r"backlinks|make money|earn (?:money|cash)|work from home"
)
"""Goods and services that spam sells, as it names them; a blog writes about them, but is not called so."""
SHOPS = re.compile(
    r"cheap|discount|replica|outlet|jerseys|handbag|vuitton|rolex|viagra|cialis|pharmacy|casino|poker|payday|"
    r"(?:cash|quick|fast|online)loan|loans(?:online)?\b|\bbuy[a-z]{4}|\border[a-z]{5}|(?<!i)deals|bargain|backlink|"
    r"dating(?:s|site|page)|freedat|porn|escort(?:s|girl)|weightloss|fatburn|moneyonline|earnmoney|seoservice"
)
"""The same in host names, where words are joined: so only what is in few other words."""
TRADE = re.compile(
    r"\b(?:sex|nude|adult|dating|webcam|girls|loans?|mortgages?|credit|cash|money|insurance|lawyers?|"
    r"attorney|"
    r"bet|betting|slots?|lottery|bargains?|coupons?|promo|deals?|prices?|order(?:ing)?|sale|shops?|stores?|"
    r"boutiques?|boots|shoes|heels|bags?|purses?|watches|glasses|clothing|jackets?|diet|steroids?|"
    r"hacks?|cheats?|"
    r"torrents?|crack|downloads?|seo|traffic|backlinks?|visitors|followers|essays?|homework|bitcoins?|"
    r"rencontre|kredit|prestamos|online)\b"
)
"""Words of the trade that say something only in a name that is built like a search."""
