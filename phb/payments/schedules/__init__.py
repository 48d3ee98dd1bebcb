"""When a direct payment or third-party pot is paid, how much and for which days."""
