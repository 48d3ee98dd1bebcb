"""The care plan: what matters, what is bought for it, from which pot and by whose money."""
