"""What comes back: provider events and people's answers, stored first, then applied once."""
