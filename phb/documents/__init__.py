"""What every document shares: its neutral form, the fonts, and the page, PDF, CSV and JSON made of it."""
