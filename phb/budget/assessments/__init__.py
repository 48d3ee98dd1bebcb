"""What a person needs, and the first estimate of what that costs."""
