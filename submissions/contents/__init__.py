"""What is inside a file of evidence: read in a process of its own, by the kind that its content
shows.
"""
