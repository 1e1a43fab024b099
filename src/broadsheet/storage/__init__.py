"""Files: which may be read, how they are decoded and kept, and how large they may be."""
