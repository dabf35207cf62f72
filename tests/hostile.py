"""Names that break what does not escape them."""

NAMES = {
    "tex": "a_b%c&d$e#f{}~^\\",
    "html": "<script>alert(1)</script>",
    "long": "x" * 300,
    "foreign": "中文网络 сеть Müller",
    "right to left": "שלום עולם",
    "no glyphs": "한국어 👩\u200d🔬 q\u0489 网\u0301",
    "typst": '#panic("no") @ref *b* _i_ `c` $x$ // "q" [[ ]] <label>',
    "template": "{{ data }} {% raw %} << data >> <% if %>",
    "lines": "two\nlines\x00\x1b[31m",
}
