"""What is published of who holds a personal health budget, what is invented beside it, and the words people use."""
