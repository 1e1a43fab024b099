"""The checks that build or run the publication: the check, parameters, mutation, ledgers, adoption."""
