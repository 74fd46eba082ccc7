"""Work outside the request: ordered in the transaction of the act, carried out by workers, never
lost.
"""
