"""Who the service is for, who helps them, who works with it, and who may see whom."""
