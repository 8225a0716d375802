"""The front desk: pages, JSON API, signed evidence."""
