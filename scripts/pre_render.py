"""Quarto calls this script; the name of the file is the stage."""

from quarto_stage import run_stage

if __name__ == "__main__":
    run_stage(__file__)
