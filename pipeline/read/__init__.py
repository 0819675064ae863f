"""The border: source text to proven values, every problem with its place."""
