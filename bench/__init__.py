"""The measured claims: `python -m bench ROWS`."""
