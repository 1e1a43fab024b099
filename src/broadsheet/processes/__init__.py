"""The surroundings of this process: worker processes, servers, optional libraries, secrets."""
