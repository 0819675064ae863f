"""The author's own files as text: written, put into, taken out of, every other byte as it was."""
