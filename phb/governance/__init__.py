"""Who may, who did, and which dated rules a commissioner follows."""
