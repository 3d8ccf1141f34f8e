"""RQ entry points: thin functions that bind a company, call one stage function and ask for the next slice."""
