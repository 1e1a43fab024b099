"""What acts inside a run, in the notebook's own process: small modules that import nothing heavy."""
