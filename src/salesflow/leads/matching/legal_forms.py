"""Legal forms of organizations: what may stand before or after a name without being part of it.

``Acme``, ``Acme GmbH`` and ``Acme Ltd.`` are one name. The forms are facts of company law, written here as
they are left when case, dots, quotation marks and slashes are gone (``S.p.A.`` is ``spa``, ``בע"מ`` is ``בעמ``). Which of
the many hundred forms are here is our own choice: those of the countries that salesflow was first used in, and the most
common elsewhere. A host adds others with ``MatchingRules(legal_forms=...)``.
"""

from __future__ import annotations

__all__ = ["JOINING_WORDS", "LEGAL_FORMS", "UNSPACED_LEGAL_FORMS"]

_FORMS = """
    inc incorporated corp corporation co company llc llp lllp lp pllc pc plc ltd limited ulc pty proprietary pte
    cic cio lda ltda limitada eireli me mei epp sas sasu sarl eurl sca scs snc sci scop sprl bvba srl sa spa sapa sc
    gmbh mbh ggmbh gesmbh ug ag kg kgaa ohg gbr ev eg eingetragener haftungsbeschrankt partg
    bv nv vof cv bvba cvba ab hb kb as asa ans da ks aps ivs oy oyj ky tmi ou uab sia ehf hf
    spj spk sro vos doo dd dno kft zrt nyrt bt kkt ad eood ood ead
    se sce sl slu slne scoop sab rl ca
    bhd sdn berhad tbk pt persero pvt private
    kk gk yk kabushiki kaisha sti anonim
    בעמ ער חלצ עמותה שותפות
    ооо оао зао пао ао ип тоо тов тзов пп чп нко оод еоод ад ead
    αε επε οε εε ικε
    شمم ذمم شمك شركة
"""

_PHRASES = """
    sp z oo
    sp j
    sp k
    spol s r o
    s r o
    d o o
    a s
    e v
    e k
    s a
    s l
    b v
    n v
    sa de cv
    s de rl de cv
    sapi de cv
    s de rl
    de cv
    ltd sti
    as oy
    co op
    בע מ
    מוגבל בערבון
    בערבון מוגבל
"""

LEGAL_FORMS: frozenset[str] = frozenset(_FORMS.split()) | frozenset(
    " ".join(phrase.split()) for phrase in _PHRASES.splitlines() if phrase.strip()
)
"""Forms of one word and of several, each word without dots."""

JOINING_WORDS = frozenset(["&", "+", "and", "und", "et", "y", "e", "og", "och", "ja", "i", "и", "the", "ו"])
"""What joins a form to a name, or two forms, and is left over where a form was taken away."""

UNSPACED_LEGAL_FORMS: tuple[str, ...] = (
    "股份有限公司",
    "有限责任公司",
    "有限責任公司",
    "有限公司",
    "株式会社",
    "有限会社",
    "合同会社",
    "合資会社",
    "주식회사",
    "유한회사",
    "(株)",
    "(有)",
    "(주)",
)
"""Forms of scripts that put no space between a form and a name; the longer ones first."""
