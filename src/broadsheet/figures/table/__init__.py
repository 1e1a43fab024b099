"""Tables: of a chart's values, of a data frame, with credits."""
