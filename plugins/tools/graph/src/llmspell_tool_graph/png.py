"""SVG made pixels, by resvg."""

from __future__ import annotations

from importlib.resources import as_file, files

_FONTS = ("Inter-Regular.otf", "Inter-SemiBold.otf")
# What these two fonts have, first and last characters of each range.
_DRAWN = (
    (0x20, 0x7E), (0xA0, 0x148), (0x14A, 0x1C3), (0x1C5, 0x24F), (0x2BC, 0x2BC), (0x2C6, 0x2DD), (0x300, 0x304),
    (0x306, 0x30C), (0x370, 0x377), (0x37A, 0x37F), (0x384, 0x38A), (0x38C, 0x38C), (0x38E, 0x3A1), (0x3A3, 0x3E1),
    (0x3F0, 0x45F), (0x490, 0x493), (0x1E80, 0x1E85), (0x1E9E, 0x1E9E), (0x1EF2, 0x1EF3), (0x2010, 0x2027),
    (0x202F, 0x203A), (0x2044, 0x2044), (0x2070, 0x2071), (0x2074, 0x208E), (0x20A0, 0x20BF), (0x2100, 0x2101),
    (0x2103, 0x2103), (0x2105, 0x2106), (0x2109, 0x2109), (0x2113, 0x2113), (0x2116, 0x2117), (0x211E, 0x2122),
    (0x2126, 0x2126), (0x2153, 0x2153), (0x215A, 0x215F), (0x2190, 0x2199), (0x2202, 0x2202), (0x2205, 0x2206),
    (0x220F, 0x220F), (0x2211, 0x2212), (0x221A, 0x221A), (0x221E, 0x221E), (0x2248, 0x2248), (0x2260, 0x2260),
    (0x2264, 0x2265), (0x25CF, 0x25CF),
)  # fmt: skip


_MOST_LOOKED_AT = 20  # strange characters; each one takes about 50 ms


def png(svg: str, scale: float) -> bytes:
    """The drawing as PNG, the same on every machine unless it has characters that only the system's fonts have.

    Args:
        svg: the drawing.
        scale: how many pixels one of its units becomes.
    """
    return _rendered(svg, scale, system=bool(_strange(svg)))


def missing(svg: str) -> str:
    """The characters of a drawing that no font on this machine has, of the first twenty that are not in Inter."""
    looked_at = _strange(svg)[:_MOST_LOOKED_AT]
    if not looked_at:
        return ""
    empty = _rendered(_sample(""), 1, system=False)
    return "".join(each for each in looked_at if _rendered(_sample(each), 1, system=True) == empty)


def _strange(svg: str) -> str:
    """The characters that the fonts of this package do not have, each once, sorted."""
    found = {character for character in set(svg) if character >= " "}
    return "".join(sorted(each for each in found if not any(first <= ord(each) <= last for first, last in _DRAWN)))


def _sample(character: str) -> str:
    text = f'<text x="4" y="24" font-size="16">{character}</text>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32">{text}</svg>'


def _rendered(svg: str, scale: float, *, system: bool) -> bytes:
    from resvg_py import svg_to_bytes

    folder = files(__package__) / "fonts"
    with as_file(folder / _FONTS[0]) as regular, as_file(folder / _FONTS[1]) as bold:
        return svg_to_bytes(
            svg_string=svg,
            zoom=scale,
            font_files=[str(regular), str(bold)],
            font_family="Inter",
            sans_serif_family="Inter",
            skip_system_fonts=not system,
        )
