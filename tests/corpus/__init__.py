"""Hostile and genuine files as generators, each with the verdict it deserves; `test_verdicts.py` sends them all to one office."""
