"""Weighs readings: which words leave a doubt, and what in a number tells that it is wrong all the same."""
