"""A build of the site: what is made again, in which order, and its report."""
