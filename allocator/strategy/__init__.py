"""The three closing questions: team and growth, one lever alone, how many rooms."""
