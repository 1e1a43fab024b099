"""Values with unit, day and source, and how they are written."""
