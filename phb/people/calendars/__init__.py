"""Bank holidays as dated data of each commissioner."""
