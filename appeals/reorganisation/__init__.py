"""What becomes of an appeal whose agency has ended."""
