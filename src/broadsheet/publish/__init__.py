"""Publishes the site: to a branch of git, a folder, a server, a storage; and takes it back."""
