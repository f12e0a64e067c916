"""PyTorch as a witness beside Breakeven's own engines: the same networks and batches, measured
under the same rules, into the same run file."""
