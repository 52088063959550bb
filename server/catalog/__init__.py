"""What the city offers: sites, units, services, hours and holidays. Free times are in `booking`."""
