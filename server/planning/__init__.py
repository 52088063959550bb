"""Duties of clerks: who serves where and when. Which of them takes an appointment is decided in `booking`."""
