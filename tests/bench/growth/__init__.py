"""Whether work grows no faster than its input: worlds of 200, 2,000 and 20,000 agencies.

`make bench ONLY=growth`, or `python -m tests.bench.growth` for the table alone. Everything is done
in a process of its own, whose processor time, with that of its database backend, and greatest
memory are read when it is done.
"""
