"""Reads the run files of Breakeven and says in words, tables and figures when the GPU pays off."""
