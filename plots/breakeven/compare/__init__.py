"""Runs against each other: changes of code on one machine, and machines against machines."""
