"""Papers: pages as PDF, drawn once by a worker and kept under the digest of what they show."""
