"""A plotly figure, made fit for a page: drawings, alternative text, table, keyboard series and
downloads.
"""
