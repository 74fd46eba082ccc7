"""An agency dissolved, renamed, merged, split or established again, by an act with its day and its
legal basis.
"""
