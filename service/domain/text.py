"""Text that somebody else wrote: characters that would hide, turn or command are shown (R15)."""

import re

# Controls, soft hyphen, zero-width and direction characters. Joiners are needed for real words.
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
    "|[\ud800-\udfff]|[\U000e0000-\U000e007f]"
)


def clean(text: object) -> str:
    """A foreign value as text, its hidden characters shown as `[U+202E]`."""
    words = str(text)
    if words.isprintable():  # of most words; none that is hidden is printable
        return words
    return _HIDDEN.sub(lambda hidden: f"[U+{ord(hidden[0]):04X}]", words)
