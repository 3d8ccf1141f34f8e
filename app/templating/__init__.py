"""The tenants' template language, its message functions, and the size of a text message. Functions of values only."""
