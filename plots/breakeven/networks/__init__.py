"""Whole networks by batch size: training steps and inference."""
