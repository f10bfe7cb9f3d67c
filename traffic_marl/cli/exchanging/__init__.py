"""Commands that write files of other programs."""
