"""Checked values and their JSON: what every part of a budget model is read through."""
