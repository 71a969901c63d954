"""Language models behind any endpoint that speaks the OpenAI protocol."""
