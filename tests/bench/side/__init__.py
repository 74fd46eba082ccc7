"""This checkout measured beside another commit through HTTP: `make bench SIDE=<commit>`.

Either side lays the same worlds by its own code in its own embedded PostgreSQL, is served by
gunicorn as its own image serves it, and is asked in turns. docs/performance.md says how to read
the figures.
"""
