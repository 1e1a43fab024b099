"""The places where an output may be, and the exchange of the old site for the new one."""
