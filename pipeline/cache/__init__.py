"""What need not be done again: derived, disposable, and known by the content that it was made from."""
