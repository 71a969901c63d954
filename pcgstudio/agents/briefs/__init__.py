"""From demands to checks."""
