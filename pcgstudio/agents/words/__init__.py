"""What words mean: the lexicon, amounts, and the demands that a reading consists of."""
