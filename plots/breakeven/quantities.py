"""Numbers with units, as people read them."""

from __future__ import annotations

import math

_PREFIXES = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, ""), (1e-3, "m"), (1e-6, "µ"))
NOTHING = "–"


def significant(value: float, digits: int = 3) -> str:
    """`value` with so many significant digits and no exponent: 214, 21.4, 0.0214."""
    if not math.isfinite(value):
        return NOTHING
    if value == 0:
        return "0"
    magnitude = math.floor(math.log10(abs(value)))
    decimals = max(0, digits - 1 - magnitude)
    rounded = round(value, decimals)
    if rounded != 0 and math.floor(math.log10(abs(rounded))) > magnitude:  # 9.999 -> 10.0
        decimals = max(0, decimals - 1)
    return f"{value:.{decimals}f}"


def with_prefix(value: float, unit: str, digits: int = 3) -> str:
    """`value` in SI units with a prefix: 1.23 ms, 45.6 GB/s."""
    if not math.isfinite(value):
        return NOTHING
    if value == 0:
        return f"0 {unit}"
    for factor, prefix in _PREFIXES:
        if abs(value) >= factor * 0.9995:
            return f"{significant(value / factor, digits)} {prefix}{unit}"
    return f"{significant(value / 1e-9, digits)} n{unit}"


def prefix_of(value: float) -> tuple[float, str]:
    """Factor and prefix that `value` is best written with: (1e9, "G")."""
    for factor, prefix in _PREFIXES:
        if abs(value) >= factor * 0.9995:
            return factor, prefix
    return 1.0, ""


def binary_bytes(value: float) -> str:
    """Memory and caches: 32 KiB, 141 GiB."""
    for factor, prefix in ((2**40, "Ti"), (2**30, "Gi"), (2**20, "Mi"), (2**10, "Ki")):
        if value >= factor:
            return f"{significant(value / factor).removesuffix('.0').removesuffix('.00')} {prefix}B"
    return f"{value:.0f} B"


def giga(value: float) -> str:
    """A rate in GFLOP/s or GB/s, without the unit."""
    return significant(value / 1e9)


def percent(share: float) -> str:
    """A share of 1 in percent, two digits: 92 %, 8.6 %, 0.02 %."""
    if not math.isfinite(share):
        return NOTHING
    return f"{100 * share:.0f} %" if share >= 0.0995 else f"{significant(100 * share, 2)} %"


def times(ratio: float) -> str:
    """A ratio: 12.3x."""
    return f"{significant(ratio)}x" if math.isfinite(ratio) else NOTHING


def times_with_interval(estimate: float, low: float, high: float) -> str:
    """A ratio with its interval: 12.3x [11.9, 12.7]."""
    if not math.isfinite(estimate):
        return NOTHING
    if not (math.isfinite(low) and math.isfinite(high)):
        return f"{times(estimate)} [no interval]"
    return f"{times(estimate)} [{significant(low)}, {significant(high)}]"


def counted(number: int, noun: str) -> str:
    """1 row, 2 rows."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
