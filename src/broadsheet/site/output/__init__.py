"""Where an output may be, and how a new site takes the place of the old."""
