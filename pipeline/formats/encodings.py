"""Which encodings of texts are read, by the labels that servers and files give them: those alone, whatever is named.

Python's own look-up knows codecs of anything, compression too, which a stranger's label must not choose.
"""

from __future__ import annotations

__all__ = ["ENCODINGS"]

ENCODINGS = {
    **dict.fromkeys(["ascii", "iso-8859-1", "iso8859-1", "latin1", "us-ascii", "windows-1252", "cp1252"], "cp1252"),
    **dict.fromkeys(["gb2312", "gbk", "gb18030", "x-gbk"], "gb18030"),
    **dict.fromkeys(["shift_jis", "shift-jis", "x-sjis", "sjis", "windows-31j"], "cp932"),
    **dict.fromkeys(["euc-kr", "ks_c_5601-1987"], "cp949"),
    **dict.fromkeys(["iso-8859-9", "latin5", "windows-1254"], "cp1254"),
    **dict.fromkeys(["big5", "big5-hkscs"], "big5hkscs"),
    **{name: name for name in ("euc-jp", "iso-2022-jp", "koi8-r", "koi8-u", "macintosh")},
    **dict.fromkeys(["tis-620", "windows-874", "iso-8859-11"], "cp874"),
    **{f"windows-125{digit}": f"cp125{digit}" for digit in "01356780"},
    **{f"iso-8859-{number}": f"iso8859-{number}" for number in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
}
"""Python's codecs by the labels of the Encoding Standard (4.2) that are in use; anything else is UTF-8."""
