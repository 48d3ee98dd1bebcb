"""What is somebody's to do, read from the records themselves, and the tasks that are raised from it."""
