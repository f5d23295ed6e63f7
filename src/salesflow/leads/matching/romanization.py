"""Names of other alphabets in Latin letters, well enough to find the same name written in both.

One letter becomes what it is most often written as in passports and on cards, by the common schemes (ISO 9 and BGN/PCGN for
Cyrillic without their accents, ELOT 743 for Greek, Hepburn for kana, Revised Romanization for Hangul). Hebrew and Arabic
write few vowels, and one of their letters is a vowel in one name and a consonant in the next, so such a word has two
readings; they are compared by sound, not letter by letter. Chinese characters have no reading without a dictionary and
are left as they are. All of it is for finding candidates, never for showing: our own choice.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

__all__ = ["has_few_vowels", "romanized"]


def _table(pairs: str) -> dict[int, str]:
    parts = pairs.split()
    return {ord(sign): "" if latin == "-" else latin for sign, latin in zip(parts[::2], parts[1::2], strict=True)}


_LATIN = _table("ß ss æ ae œ oe ø o đ d ð d þ th ł l ı i ŋ n ħ h ŧ t ĸ k ə a ƒ f")
_CYRILLIC = _table(
    "а a б b в v г g д d е e ж zh з z и i к k л l м m н n о o п p р r с s т t у u ф f х kh ц ts ч ch ш sh щ shch "
    "ъ - ы y ь - э e ю yu я ya є ye і i ґ g ђ dj ј j љ lj њ nj ћ c џ dz ѕ dz ѣ e ѳ f ѵ i ӏ - "
    "ә a ө o ү u қ k ң n ғ g ұ u һ h"
)
_GREEK = _table(
    "α a β v γ g δ d ε e ζ z η i θ th ι i κ k λ l μ m ν n ξ x ο o π p ρ r σ s ς s τ t υ y φ f χ ch ψ ps ω o"
)
_ARMENIAN = _table(
    "ա a բ b գ g դ d ե e զ z է e ը y թ t ժ zh ի i լ l խ kh ծ ts կ k հ h ձ dz ղ gh ճ ch մ m յ y ն n շ sh ո o չ ch պ p "
    "ջ j ռ r ս s վ v տ t ր r ց ts ւ v փ p ք k օ o ֆ f և ev"
)
_GEORGIAN = _table(
    "ა a ბ b გ g დ d ე e ვ v ზ z თ t ი i კ k ლ l მ m ნ n ო o პ p ჟ zh რ r ს s ტ t უ u ფ p ქ k ღ gh ყ q შ sh ჩ ch ც ts "
    "ძ dz წ ts ჭ ch ხ kh ჯ j ჰ h"
)
_HEBREW = _table(
    "א a ב v ג g ד d ה h ו v ז z ח kh ט t י y כ k ך k ל l מ m ם m נ n ן n ס s ע a פ p ף p צ ts ץ ts ק k ר r ש sh ת t"
)
_ARABIC = _table(
    "ا a أ a إ a آ a ء - ؤ - ئ - ى a ة a ب b ت t ث th ج j ح h خ kh د d ذ d ر r ز z س s ش sh ص s ض d ط t ظ z ع a غ gh "
    "ف f ق k ك k ک k ل l م m ن n ه h و v ي y ی y پ p چ ch ژ zh گ g"
)
_KANA = _table(
    "あ a い i う u え e お o か ka き ki く ku け ke こ ko が ga ぎ gi ぐ gu げ ge ご go さ sa し shi す su せ se そ so "
    "ざ za じ ji ず zu ぜ ze ぞ zo た ta ち chi つ tsu て te と to だ da ぢ ji づ zu "
    "で de ど do な na に ni ぬ nu ね ne の no "
    "は ha ひ hi ふ fu へ he ほ ho ば ba び bi ぶ bu べ be ぼ bo ぱ pa ぴ pi ぷ pu ぺ pe ぽ po "
    "ま ma み mi む mu め me も mo "
    "や ya ゆ yu よ yo ら ra り ri る ru れ re ろ ro わ wa を o ん n ぁ a ぃ i ぅ u ぇ e ぉ o ゃ ya ゅ yu ょ yo っ - ゔ vu"
)
_KATAKANA = {sign + 0x60: latin for sign, latin in _KANA.items()} | {ord("ー"): ""}
_LETTERS = {
    **_LATIN, **_CYRILLIC, **_GREEK, **_ARMENIAN, **_GEORGIAN, **_HEBREW, **_ARABIC, **_KANA, **_KATAKANA,
}  # fmt: skip
_VOWEL_READING = {
    **_LETTERS,
    ord("ו"): "o",
    ord("و"): "o",
    ord("ب"): "b",
    ord("י"): "i",
    ord("ي"): "i",
    ord("ی"): "i",
    ord("ח"): "h",
    ord("ح"): "h",
}
_FEW_VOWELS = frozenset({*_HEBREW, *_ARABIC})

_HANGUL = 0xAC00
_FIRST = "g kk n d tt r m b pp s ss - j jj ch k t p h".replace("-", "").split(" ")
_VOWELS = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i"
_MIDDLE = _VOWELS.split()
_LAST = "- k k ks n nj nh t l lk lm lb ls lt lp lh m p ps t t ng t t k t p t".replace("-", "").split(" ")


@lru_cache(maxsize=8192)
def _syllable(sign: str) -> str:
    """A Hangul syllable by its parts; anything else as it is."""
    place = ord(sign) - _HANGUL
    if not 0 <= place < 19 * 21 * 28:
        return sign
    return _FIRST[place // 588] + _MIDDLE[place % 588 // 28] + _LAST[place % 28]


def has_few_vowels(word: str) -> bool:
    """Whether a word is written in an alphabet that leaves most vowels out."""
    return not word.isascii() and any(ord(sign) in _FEW_VOWELS for sign in word)


def romanized(word: str, *, vowels: bool = False) -> str:
    """A word in Latin letters, as far as its letters have a Latin reading.

    Args:
        word: a word of a matching key, so in lower case and without accents.
        vowels: whether Hebrew and Arabic letters that may be vowels are read as vowels, and the rough h as a plain one.

    Example:
        >>> romanized("петров"), romanized("לוי"), romanized("김")
        ('petrov', 'lvy', 'gim')
    """
    if word.isascii():
        return word
    latin = word.translate(_VOWEL_READING if vowels else _LETTERS)
    if latin.isascii():
        return latin
    return unicodedata.normalize("NFC", "".join(map(_syllable, latin)))
