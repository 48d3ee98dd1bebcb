"""What a statement is filled from: figures of the books, and the words of the records behind them."""
