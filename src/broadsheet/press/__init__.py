"""The pipeline from a notebook to its page, and the only place that starts its parts."""
