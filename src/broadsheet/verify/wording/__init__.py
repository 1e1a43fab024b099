"""Claims: whether the words beside a condition say what it proves."""
