"""Signing in and staying signed in: how allauth behaves here, second factors, sessions, the
identity provider.
"""
