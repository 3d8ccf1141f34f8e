"""File -> records: storing an uploaded file, reading its rows, loading them with progress."""
