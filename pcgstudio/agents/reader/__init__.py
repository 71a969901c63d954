"""The built-in reading: a hand-written grammar from an instruction to demands."""
