"""What happened, in numbers: pure functions over rows."""
