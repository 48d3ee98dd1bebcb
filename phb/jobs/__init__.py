"""What happens by itself, in a process of its own: which runs are due, who may do them, and the scheduler."""
