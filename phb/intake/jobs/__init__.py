"""Imports that happen by themselves: a file is left, a job takes it in, and everybody may look how far it is."""
