"""What the API and the pages share: who asks, one unit of work a request, errors as answers."""
