"""The style of the page, as constants: nothing that came from outside ever enters it.

Everything is below ``.sf``, so that a view in a notebook changes nothing around it. Sides are logical (``inline-start``),
so the same rules serve languages that are written from right to left.
"""

from __future__ import annotations

from salesflow.board.palette import variables

__all__ = ["PAGE_STYLE", "PICTURE_STYLE", "STYLE"]

_TYPE = """
.sf{font:400 1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Noto Sans Hebrew",sans-serif;
color:var(--ink);background:var(--paper);color-scheme:light dark;overflow-wrap:break-word;
font-variant-numeric:tabular-nums;-webkit-text-size-adjust:100%}
.sf *{box-sizing:border-box}
.sf h1,.sf h2,.sf h3,.sf h4,.sf p,.sf ul,.sf ol,.sf dl,.sf dd,.sf table{margin:0;padding:0}
.sf ul,.sf ol{list-style:none}
.sf h1{font-size:clamp(1.6rem,1.2rem + 1.6vw,2.4rem);font-weight:650;line-height:1.2;letter-spacing:-.015em}
.sf h2{font-size:1.35rem;font-weight:650;line-height:1.3;letter-spacing:-.01em}
.sf h3{font-size:1rem;font-weight:650;line-height:1.3}
.sf h4{font-size:.9rem;font-weight:600;line-height:1.35}
.sf .sf-quiet{color:var(--quiet);font-size:.875rem}
.sf :focus-visible{outline:3px solid var(--accent);outline-offset:3px;border-radius:4px}
.sf-accent{color:var(--accent)}.sf-good{color:var(--good)}.sf-warning{color:var(--warning)}
.sf-bad{color:var(--bad)}.sf-hushed{color:var(--quiet)}
.sf .sf-unseen{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
"""

_PAGE = """
html{background:var(--paper)}
body.sf{margin:0}
.sf-skip{position:absolute;inset-inline-start:1rem;inset-block-start:-6rem;padding:.6rem 1rem;z-index:1;
color:var(--ink);background:var(--surface);border-radius:6px}
.sf-skip:focus{inset-block-start:1rem}
.sf-head,.sf-main{max-inline-size:104rem;margin-inline:auto;padding-inline:clamp(1rem,3vw,3rem)}
.sf-head{padding-block:clamp(1.5rem,4vw,3.5rem) 1rem}
.sf-head p{margin-block-start:.35rem}
.sf-head nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;margin-block-start:1.25rem}
.sf-head a{display:inline-block;padding-block:.3rem;color:var(--accent);text-underline-offset:.25em}
.sf-main{display:grid;gap:clamp(2.5rem,5vw,4rem);padding-block:1rem 3rem;grid-template-columns:minmax(0,1fr)}
"""

_BOARD = """
.sf-part{padding:1.25rem}
.sf-section{scroll-margin-block-start:1rem;min-inline-size:0}
.sf-section>h2{margin-block-end:1rem}
.sf-section>.sf-quiet{margin-block-start:.75rem}
.sf-columns{display:grid;gap:1rem;align-items:start;grid-template-columns:minmax(0,1fr)}
.sf-column{min-inline-size:0;padding-block-start:.9rem;border-block-start:3px solid var(--accent)}
.sf-column.sf-is-won{border-block-start-color:var(--good)}
.sf-column.sf-is-lost{border-block-start-color:var(--quiet)}
.sf-column>h3{display:flex;min-block-size:2.6em;justify-content:space-between;gap:.75rem;align-items:baseline}
.sf-column>h3 bdi,.sf-table td>*{min-inline-size:0}
.sf-count{white-space:nowrap;font-size:1.5rem;font-weight:650;line-height:1;letter-spacing:-.02em}
.sf-facts{font-size:.8125rem;line-height:1.45}
.sf .sf-column .sf-facts{margin-block:.6rem .75rem}
.sf-facts div{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 .6rem}
.sf-facts dt{color:var(--quiet)}
.sf-facts dd{margin-inline-start:auto;text-align:end;min-inline-size:0}
.sf .sf-facts dd{margin-inline-start:auto}
.sf-facts dd span{display:block}
.sf-tasks{font-size:.8125rem;line-height:1.45}
.sf .sf-tasks .sf-bar{margin-block-end:.4rem}
.sf .sf-tasks ul{display:flex;flex-wrap:wrap;gap:0 .9rem}
.sf-bar{display:block;inline-size:100%;block-size:.6rem;border-radius:3px;background:var(--track);overflow:hidden}
.sf-bar rect,.sf-bar line{vector-effect:non-scaling-stroke}
.sf[dir=rtl] .sf-bar,.sf [dir=rtl] .sf-bar{transform:scaleX(-1)}
.sf .sf-cards{display:grid;grid-template-columns:minmax(0,1fr);gap:.6rem;margin-block-start:.9rem}
.sf-card{padding:.75rem .85rem;background:var(--surface);border:1px solid var(--line);border-radius:8px;break-inside:avoid}
.sf .sf-worth{margin-block-start:.15rem;font-weight:600;font-size:.9rem}
.sf .sf-signs{display:flex;flex-wrap:wrap;gap:.1rem .8rem;margin-block-start:.35rem;font-size:.8125rem;font-weight:600}
.sf .sf-card .sf-facts{margin-block-start:.4rem}
.sf-card .sf-facts div{justify-content:start}
.sf .sf-card .sf-facts dd{margin-inline-start:0;text-align:start}
.sf-missing{margin-block-start:.5rem;padding-block-start:.45rem;border-block-start:1px solid var(--line);font-size:.8125rem;
line-height:1.4}
.sf-missing p{color:var(--quiet)}
.sf .sf-missing li{padding-inline-start:1.1em;text-indent:-1.1em;margin-block-start:.15rem}
.sf .sf-more{margin-block-start:.7rem;color:var(--quiet);font-size:.875rem}
@media (min-width:40rem){.sf-columns{grid-template-columns:repeat(2,minmax(0,1fr));gap:2rem 1.25rem}}
@media (min-width:60rem){.sf-columns{grid-template-columns:repeat(var(--half,4),minmax(0,1fr))}}
@media (min-width:84rem){.sf-columns{grid-template-columns:repeat(var(--whole,7),minmax(0,1fr));column-gap:1rem}}
"""

_CHART = """
.sf-table{inline-size:100%;border-collapse:collapse;font-size:.95rem}
.sf-table caption{text-align:start}
.sf-table th,.sf-table td{padding:.65rem .75rem;text-align:end;vertical-align:top;font-weight:400;
border-block-end:1px solid var(--line)}
.sf-table thead th{color:var(--quiet);font-size:.8125rem;vertical-align:bottom}
.sf-table th:first-child{text-align:start;padding-inline-start:0;inline-size:44%}
.sf-table tbody th{font-weight:600}
.sf-table td:last-child,.sf-table thead th:last-child{padding-inline-end:0}
.sf-table .sf-bar{block-size:.9rem;margin-block-start:.4rem}
.sf-table .sf-line-quiet th,.sf-table .sf-line-quiet td{color:var(--quiet)}
.sf-table.sf-words td:last-child,.sf-table.sf-words thead th:last-child{text-align:start}
.sf-chart{max-inline-size:68rem}
@media (max-width:39.99rem){
.sf-table,.sf-table tbody,.sf-table tr,.sf-table th,.sf-table td{display:block;inline-size:auto}
.sf-table thead{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%)}
.sf-table tr{padding-block:.75rem;border-block-end:1px solid var(--line)}
.sf-table th,.sf-table td{padding:.1rem 0;border:0}
.sf-table th:first-child{inline-size:auto;padding-block-end:.4rem}
.sf-table td{display:flex;justify-content:space-between;gap:1rem;text-align:end}
.sf-table td::before{content:attr(data-label);color:var(--quiet);text-align:start}
}
"""

_PRINT = """
@media print{
.sf{background:#fff;font-size:9.5pt}
.sf-section{margin-block-end:2rem}
.sf-columns{grid-template-columns:repeat(var(--half,4),minmax(0,1fr))}
.sf-section h2,.sf-column>h3{break-after:avoid}
.sf-table tr,.sf-chart{break-inside:avoid}
.sf-table th,.sf-table td{padding-block:.35rem}
.sf-bar,.sf-column,.sf-card{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
"""

_SHEET = """
@media print{
@page{size:landscape;margin:12mm}
html{background:#fff}
.sf-head nav,.sf-skip{display:none}
.sf-head,.sf-main{padding-inline:0;max-inline-size:none}
.sf-main{display:block}
}
"""

_FILLS = "".join(f".sf-fill-{tone}{{fill:var(--{tone})}}" for tone in ("accent", "good", "warning", "bad", "quiet"))
_FORCED = "@media (forced-colors:active){.sf-bar{border:1px solid}.sf-bar rect{forced-color-adjust:none}}"


def _tight(style: str) -> str:
    return style.replace("\n", "")


STYLE = _tight(variables(".sf") + _TYPE + _FILLS + _BOARD + _CHART + _PRINT + _FORCED)
"""The style of parts of pages: nothing outside of them is changed."""

PAGE_STYLE = _tight(variables("html") + STYLE + _PAGE + _SHEET)
"""The style of pages."""

PICTURE_STYLE = _tight(
    variables(".sf-picture")
    + """
.sf-picture{font:400 14px/1.4 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Noto Sans Hebrew",sans-serif;
font-variant-numeric:tabular-nums}
.sf-picture text{fill:var(--ink);unicode-bidi:plaintext}
.sf-paper{fill:var(--paper)}.sf-surface{fill:var(--surface);stroke:var(--line)}.sf-track{fill:var(--track)}
.sf-mark{stroke:var(--ink);stroke-width:2}
.sf-picture .sf-heading{font-size:20px;font-weight:650}
.sf-picture .sf-strong{font-weight:600}
.sf-picture .sf-large{font-size:24px;font-weight:650}
.sf-picture .sf-small{font-size:12px}
.sf-picture .sf-text-quiet{fill:var(--quiet)}.sf-picture .sf-text-bad{fill:var(--bad)}
.sf-picture .sf-text-warning{fill:var(--warning)}.sf-picture .sf-text-good{fill:var(--good)}
"""
    + _FILLS
)
"""The style of pictures that stand for themselves."""
