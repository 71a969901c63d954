"""Agents that ask a language model, and what they are told."""
