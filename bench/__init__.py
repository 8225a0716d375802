"""Measurements: sizes and speeds, as ratios within one run (`python -m bench`)."""
