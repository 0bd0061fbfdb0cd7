"""Makes the subset of a free Chinese font that figures are measured with: `make font`.

Takes every character that the catalogs of translations use, and the most frequent ones of Chinese.
The full font is WenQuanYi Micro Hei, which Debian packages as fonts-wqy-microhei.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import jieba
from fontTools import subset

FULL = Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc")
FREQUENT = 1400
PUNCTUATION = "，。、；：？！“”‘’（）《》【】…—·～％＋－×÷＝　"


def main(root: Path) -> None:
    """Write `cjk.ttf` beside this file from the characters of the project at `root`."""
    if not FULL.exists():
        sys.exit(f"{FULL}: no such font\n  install it: apt-get install fonts-wqy-microhei")
    options = subset.Options(font_number=0, hinting=False, layout_features=[], notdef_outline=True, glyph_names=False)
    options.drop_tables += ["FFTM", "GPOS", "GSUB", "kern", "vhea", "vmtx"]
    font = subset.load_font(str(FULL), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(sorted(frequent() | used(root) | set(PUNCTUATION))))
    subsetter.subset(font)
    for name in font["name"].names:
        if name.nameID == 1:
            name.string = "Verified Docs CJK"
    subset.save_font(font, str(Path(__file__).with_name("cjk.ttf")), options)


def frequent() -> set[str]:
    """The most frequent Chinese characters, counted over the dictionary of the word segmenter."""
    counts: Counter[str] = Counter()
    for line in Path(jieba.__file__).with_name("dict.txt").read_text(encoding="utf-8").splitlines():
        word, count, *_ = line.split(" ")
        counts.update({character: int(count) for character in word if "\u4e00" <= character <= "\u9fff"})
    return {character for character, _ in counts.most_common(FREQUENT)}


def used(root: Path) -> set[str]:
    """The characters beyond Latin in the catalogs: figures show no others."""
    files = sorted(root.glob("snippets/**/*.po"))
    return {character for file in files for character in file.read_text(encoding="utf-8") if ord(character) > 0x2E80}


if __name__ == "__main__":
    main(Path.cwd())
