"""What a frontier is made of and shown by: sweeps, points, words, chart, screen, page, record."""
