"""Programs that look for inputs on which something breaks; see each for how it is run."""
