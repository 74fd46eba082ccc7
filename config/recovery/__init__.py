"""Backup and restore of the whole portal, and the check that every stored file is what its row
says.
"""
