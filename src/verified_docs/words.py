"""Chinese words as readers look for them: short ones, also inside of longer ones."""

from __future__ import annotations

import functools
import re

import jieba

# The search index has this sign between Chinese words.
BORDER = "\u200b"
HAN = re.compile(r"[\u4e00-\u9fff]{3,}")


def finer(text: str) -> str:
    """The indexed text with long words cut into the words they are made of.

    A word in the index is found by how it begins. Uncut, nobody would find "网络" in "神经网络".
    """
    return HAN.sub(lambda match: BORDER.join(parts(match[0])), text)


@functools.cache
def parts(word: str) -> tuple[str, ...]:
    """The words that a word consists of, as far as one that begins in the middle of it is among them."""
    for end in range(2, len(word) - 1):
        if _known(word[:end]) and _known(word[end:]):
            return word[:end], *parts(word[end:])
    if len(word) == 3 and _known(word[1:]) and not _known(word[:2]):
        return word[0], word[1:]
    return (word,)


def _known(word: str) -> bool:
    jieba.initialize()
    return bool(jieba.dt.FREQ.get(word))
