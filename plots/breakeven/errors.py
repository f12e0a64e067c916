"""What a user did wrong, in one line."""


class InputError(Exception):
    """Bad input: the message says in one line what was wrong and what would be right."""
