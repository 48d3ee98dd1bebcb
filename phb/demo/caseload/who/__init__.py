"""Who the invented people are: dealt out by the published mix, each with chance of their own."""
