"""The actor/critic pair."""
