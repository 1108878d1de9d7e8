#!/usr/bin/env bash
# Makes the fonts the program carries, so that Chinese is right on every machine:
#   NotoSansSC-Regular.otf  GB 2312 and common punctuation, from Noto Sans CJK SC
#   NotoSansSC-Bold.otf     only what the window's own words use (headings, buttons)
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
words = "".join(p.read_text("utf-8") for p in sorted(pathlib.Path("../locales").glob("*.yml")))
ascii_ = {chr(c) for c in range(0x20, 0x7F)}
(work / "words").write_text("".join(sorted(set(words) | ascii_)).replace("\n", ""), "utf-8")
PYTHON

subset() { # source font-number text-or-unicodes output
  pyftsubset "$1" --font-number="$2" "$3" --output-file="$4" \
    --layout-features='' --no-hinting --desubroutinize --name-IDs='*' --notdef-outline
}
subset $noto/NotoSansCJK-Regular.ttc 2 --text-file="$work/all" NotoSansSC-Regular.otf
subset $noto/NotoSansCJK-Bold.ttc 2 --text-file="$work/words" NotoSansSC-Bold.otf
subset $symbols 0 --unicodes=2400-2426,23f8,25be,25c0,25b6,25d0,2713,2715,2717 NotoSansSigns.ttf
ls -l ./*.otf ./*.ttf
