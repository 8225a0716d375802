"""Views: what a report is shown as. Pure functions that decide everything; templates only show."""
