"""The squares of a datamatrix (ECC 200, square; ISO/IEC 16022)."""

from typing import Any

from dmp_core.errors import ExtraMissing

Run = tuple[int, int]
"""Where a row of black squares begins, and how many they are."""


def squares(text: bytes) -> tuple[tuple[Run, ...], ...]:
    """The rows of the symbol that says `text` (ASCII), without the white around. Raises ExtraMissing."""
    try:
        import zxingcpp
    except ImportError as error:
        raise ExtraMissing(f"{error.name}: install dmp-core[pdf]") from error
    symbol = zxingcpp.create_barcode(text.decode("ascii"), zxingcpp.BarcodeFormat.DataMatrix, force_square=True)
    pixels: Any = memoryview(symbol.to_image(scale=1, add_quiet_zones=False)).tolist()  # type: ignore[arg-type]
    return tuple(_runs(row) for row in pixels)


def _runs(pixels: list[int]) -> tuple[Run, ...]:
    runs: list[Run] = []
    for place, pixel in enumerate(pixels):
        if pixel:
            continue
        if runs and sum(runs[-1]) == place:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((place, 1))
    return tuple(runs)
