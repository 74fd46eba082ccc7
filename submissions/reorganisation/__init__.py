"""What becomes of a self-assessment whose agency has ended."""
