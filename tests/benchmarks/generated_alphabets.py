"""The alphabets that made-up people are named in, and how somebody else carries their names over to Latin letters."""

from __future__ import annotations

import attrs

__all__ = ["ALPHABETS", "LATIN", "Alphabet"]

ONSETS = "b br c ch d dr f g gr h j k kl l m n p pr r s sh st t tr v w y z"
VOWELS = "a e i o u a e i o ai ei ou"
CODAS = ["", "", "", "n", "r", "s", "l", "m", "t", "k", "nd", "rt", "ss", "ck"]


@attrs.frozen
class Alphabet:
    """How people of one alphabet are named, and how their names are written in Latin letters by somebody else.

    Attributes:
        code: the calling code of their country.
        digits: how many digits a national number has.
        syllables: the syllables of names, each in the alphabet and in Latin letters; of the latter one or several.
        share: how many of all people.
        accents: whether Latin letters get accents.
    """

    code: str
    digits: int
    syllables: tuple[tuple[str, tuple[str, ...]], ...]
    share: float
    accents: bool = False


def _latin() -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(
        (onset + vowel + coda, (onset + vowel + coda,))
        for onset in ONSETS.split()
        for vowel in VOWELS.split()
        for coda in CODAS
    )


def _pairs(onsets: str, vowels: str, codas: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Syllables from tables of ``own:latin|other`` entries."""

    def read(table: str) -> list[tuple[str, list[str]]]:
        entries = [entry.partition(":") for entry in table.split()]
        return [(own.replace("_", ""), latin.replace("_", "").split("|")) for own, _, latin in entries]

    found = []
    for onset, onset_latin in read(onsets):
        for vowel, vowel_latin in read(vowels):
            for coda, coda_latin in read(codas):
                latin = [one + two + three for one in onset_latin for two in vowel_latin for three in coda_latin]
                found.append((onset + vowel + coda, tuple(latin)))
    return tuple(found)


LATIN = _latin()

ALPHABETS = (
    Alphabet("1", 10, LATIN, 0.42),
    Alphabet("44", 10, LATIN, 0.13),
    Alphabet("49", 11, LATIN, 0.16, accents=True),
    Alphabet(
        "7",
        10,
        _pairs(
            "б:b в:v г:g д:d ж:zh з:z к:k л:l м:m н:n п:p р:r с:s т:t ф:f х:kh|h ч:ch ш:sh ц:ts|c _:_",
            "а:a е:e и:i о:o у:u ю:yu|iu|ju я:ya|ia|ja",
            "_:_ _:_ н:n р:r в:v|ff й:y|i|j л:l ов:ov|off",
        ),
        0.11,
    ),
    Alphabet(
        "30",
        10,
        _pairs(
            "β:v γ:g δ:d θ:th κ:k|c λ:l μ:m ν:n π:p ρ:r σ:s τ:t φ:f|ph χ:ch|h _:_",
            "α:a ε:e ι:i ο:o η:i ου:ou|u",
            "_:_ _:_ ν:n ρ:r",
        ),
        0.07,
    ),
    Alphabet(
        "972",
        9,
        _pairs(
            "ב:b ג:g ד:d ז:z ח:ch|h ל:l מ:m נ:n ס:s ק:k ר:r ש:sh ת:t ט:t פ:p כ:k",
            "_:a|e ו:o|u י:i _:a|e",
            "_:_ _:_ ן:n ל:l ר:r",
        ),
        0.07,
    ),
    Alphabet(
        "81",
        10,
        _pairs(
            "カ:ka キ:ki ク:ku ケ:ke コ:ko サ:sa シ:shi|si ス:su セ:se タ:ta ト:to ナ:na ノ:no ハ:ha ヒ:hi フ:fu|hu マ:ma ミ:mi ム:mu "
            "ヤ:ya ヨ:yo ラ:ra リ:ri ワ:wa ダ:da ゴ:go",
            "_:_",
            "_:_",
        ),
        0.04,
    ),
)
