# %% [markdown]
# ---
# title: "A script of `{python} year`"
# date: 2024-02-01
# editions:
#   - {slug: early, parameters: {year: 2022}}
# ---
#
# It [begins](../markdown/index.md) with front matter.

# %%
import beside
import pandas as pd

# %% tags=["parameters"]
year: int = 2023

# %%
#| label: tbl-years
#| tbl-cap: Years
pd.DataFrame({"year": [year, year + beside.STEP]})

# %% [markdown]
"""
The table is @tbl-years.
"""
