"""All pages of booking: the times, the held time, and the citizen's own appointment."""

from server.booking import pages_link
from server.booking.pages_hold import confirm_hold, extend_hold, release_hold, show_hold
from server.booking.pages_manage import (
    activate_submit,
    cancel_page,
    cancel_submit,
    manage,
    move_page,
    move_submit,
)
from server.booking.pages_not_coming import not_coming, not_coming_submit
from server.booking.pages_times import hold_picked, times
from server.web.api import Page

pages = [
    *pages_link.pages,
    Page("GET", "/times", times),
    Page("POST", "/holds", hold_picked),
    Page("GET", "/holds/{hold}", show_hold),
    Page("POST", "/holds/{hold}/extend", extend_hold),
    Page("POST", "/holds/{hold}/release", release_hold),
    Page("POST", "/holds/{hold}/confirm", confirm_hold),
    Page("GET", "/a/{token}", manage),
    Page("POST", "/a/{token}/activate", activate_submit),
    Page("GET", "/a/{token}/move", move_page),
    Page("POST", "/a/{token}/move", move_submit),
    Page("GET", "/a/{token}/cancel", cancel_page),
    Page("POST", "/a/{token}/cancel", cancel_submit),
    Page("GET", "/a/{token}/not-coming", not_coming),
    Page("POST", "/a/{token}/not-coming", not_coming_submit),
]
