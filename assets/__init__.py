"""Data: presets, palettes, prompts, vocabulary."""
