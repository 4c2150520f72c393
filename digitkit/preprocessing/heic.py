"""A phone's HEIC photos. Their decoder is a package of its own, and a word in them that is no text would crash it."""

import re

BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"}


def is_heic(content: bytes) -> bool:
    """Whether the bytes of a file begin as a HEIC photo does.

    >>> is_heic(b"\\0\\0\\0\\x1cftypheic"), is_heic(b"\\xff\\xd8\\xff")
    (True, False)
    """
    return content[4:8] == b"ftyp" and content[8:12] in BRANDS


def formats_for(content: bytes) -> list[str]:
    """The name of Pillow's decoder for a HEIC photo, in a list; an empty one for other files, and where it must not be used.

    >>> formats_for(b"\\xff\\xd8\\xff")
    []
    """
    if not is_heic(content) or not _its_words_are_text(content):
        return []
    import pi_heif  # a decoder only, imported late: most pictures do not need it

    pi_heif.register_heif_opener()
    return ["HEIF"]


def _its_words_are_text(content):
    """Whether what a HEIC calls its items, in boxes "infe", is UTF-8 (ISO/IEC 14496-12, section 8.11.6)."""
    described = b"".join(box for name, box in _boxes(content) if name != b"mdat")  # mdat holds the pixels
    for found in re.finditer(rb"(....)infe", described, re.DOTALL):
        box = described[found.start() : found.start() + int.from_bytes(found[1], "big")]
        try:
            box[18 if box[8:9] >= b"\3" else 16 :].decode()  # after length, name, version, flags, number and protection
        except UnicodeDecodeError:
            return False
    return True


def _boxes(content):
    """What a file is made of, one box after the other: (name, the box with its length and name)."""
    place = 0
    while place + 8 <= len(content):
        length = int.from_bytes(content[place : place + 4], "big")
        if length == 1:  # the length follows, in 64 bits
            length = int.from_bytes(content[place + 8 : place + 16], "big")
        if length < 8:  # up to the end of the file
            length = len(content)
        yield content[place + 4 : place + 8], content[place : place + length]
        place += length
