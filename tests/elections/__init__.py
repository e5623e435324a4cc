"""Two hundred random elections and what pabutools 1.2.3 funds in each."""
