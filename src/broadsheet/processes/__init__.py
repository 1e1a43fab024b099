"""What lives outside this process or this program: worker processes, servers, optional libraries, secrets."""
