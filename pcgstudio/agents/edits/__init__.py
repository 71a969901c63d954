"""Follow-ups: what they change in a recipe that exists."""
