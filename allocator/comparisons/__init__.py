"""What shows a comparison of plans: words, rows, charts, screen, page, workbook."""
