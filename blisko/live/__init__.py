"""The day as it happens: positions, arrival times, the technician's day, the customer's link, the dispatcher's console."""
