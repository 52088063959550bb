"""The appointment API that the clients of München and Berlin speak (`/api/citizen/…`), on top of this city's booking."""
