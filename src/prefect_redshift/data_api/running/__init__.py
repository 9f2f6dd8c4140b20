"""One statement from its submission to its end, once."""
