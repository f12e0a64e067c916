"""The gate: may this change pass?"""
