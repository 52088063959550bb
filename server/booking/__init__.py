"""From a wish to an appointment: routing, availability, hold, confirm, move, cancel."""
