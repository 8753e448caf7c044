"""The colours.  Any CSS colour will do."""

ACCENT = "oklch(0.62 0.19 264)"
