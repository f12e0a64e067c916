"""Trainings: what `./breakeven train` wrote, side by side."""
