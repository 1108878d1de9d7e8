#!/usr/bin/env bash
# Makes the fonts the program carries, so that Chinese is right on every machine:
#   NotoSansSC-Regular.otf  GB 2312 and common punctuation, from Noto Sans CJK SC
#   NotoSansSC-Bold.otf     only what the window's own words use (headings, buttons)
#   NotoSansPunctuation-*.ttf  “ ” ‘ ’ … · as Latin text has them, from Noto Sans: those of
#                           Noto Sans CJK are as wide as a Chinese character
#   NotoSansSigns.ttf       ␀ … ␡ for the escapes in the log and the window's icons, from Noto Sans Symbols 2
# Run it again after new words came into assets/locales; it needs Debian's packages
# fonts-noto-cjk, fonts-noto-core and python3-fonttools, and installs them if missing.
set -euo pipefail
cd "$(dirname "$0")"

missing=()
for package in fonts-noto-cjk fonts-noto-core python3-fonttools; do
  dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "installing: ${missing[*]}"
  apt-get install -y --no-install-recommends "${missing[@]}"
fi

noto=/usr/share/fonts/opentype/noto
latin=/usr/share/fonts/truetype/noto
symbols=/usr/share/fonts/truetype/noto/NotoSansSymbols2-Regular.ttf
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

/usr/bin/python3 - "$work" <<'PYTHON'
import pathlib, sys
work = pathlib.Path(sys.argv[1])
gb2312 = {bytes([a, b]).decode("gb2312", "ignore") for a in range(0xA1, 0xF8) for b in range(0xA1, 0xFF)}
latin = {chr(c) for c in [*range(0x20, 0x7F), *range(0xA0, 0x180)]}
signs = set("‐‑–—‘’“”†•…‰′″€™←↑→↓⇒∞≈≠≤≥■□▲△▶▷▼▽◀◁◆◇○●◐◑★☆⚠✓＋－×÷")
(work / "all").write_text("".join(sorted(c for c in gb2312 | latin | signs if c)), "utf-8")
words = "".join(p.read_text("utf-8") for p in sorted(pathlib.Path("../locales").glob("*.ron")))
ascii_ = {chr(c) for c in range(0x20, 0x7F)}
(work / "words").write_text("".join(sorted(set(words) | ascii_)).replace("\n", ""), "utf-8")
PYTHON

subset() { # source font-number text-or-unicodes output
  /usr/bin/python3 -m fontTools.subset "$1" --font-number="$2" "$3" --output-file="$4" \
    --layout-features='' --no-hinting --desubroutinize --name-IDs='*' --notdef-outline
}
subset $noto/NotoSansCJK-Regular.ttc 2 --text-file="$work/all" NotoSansSC-Regular.otf
subset $noto/NotoSansCJK-Bold.ttc 2 --text-file="$work/words" NotoSansSC-Bold.otf
for weight in Regular Bold; do
  subset $latin/NotoSans-$weight.ttf 0 --unicodes=00b7,2018,2019,201c,201d,2026 \
    NotoSansPunctuation-$weight.ttf
  # It stands first, and a line is as high as the first font's.
  /usr/bin/python3 - NotoSansSC-$weight.otf NotoSansPunctuation-$weight.ttf <<'PYTHON'
import sys
from fontTools.ttLib import TTFont
han, latin = TTFont(sys.argv[1]), TTFont(sys.argv[2])
assert han["head"].unitsPerEm == latin["head"].unitsPerEm
for table, names in [
    ("hhea", ["ascent", "descent", "lineGap"]),
    ("OS/2", ["sTypoAscender", "sTypoDescender", "sTypoLineGap", "usWinAscent", "usWinDescent"]),
]:
    for name in names:
        setattr(latin[table], name, getattr(han[table], name))
# Which of them count is the same, too (USE_TYPO_METRICS).
bit = 1 << 7
selection = latin["OS/2"].fsSelection & ~bit
latin["OS/2"].fsSelection = selection | han["OS/2"].fsSelection & bit
latin.save(sys.argv[2])
PYTHON
done
subset $symbols 0 --unicodes=2400-2426,23f8,25be,25c0,25b6,25d0,2713,2715,2717 "$work/signs.ttf"
subset $latin/NotoSansSymbols-Regular.ttf 0 --unicodes=2699 "$work/gear.ttf"
/usr/bin/python3 -m fontTools.merge --output-file=NotoSansSigns.ttf "$work/signs.ttf" "$work/gear.ttf"
ls -l ./*.otf ./*.ttf
