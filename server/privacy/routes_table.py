"""Every endpoint and page of data protection, in one table for the composition root."""

from server.privacy import pages as pages_public
from server.privacy import (
    pages_access,
    pages_holds,
    pages_own,
    pages_record,
    pages_recordings,
    pages_rules,
    pages_sweeps,
    routes,
    routes_erasure,
    routes_own,
    routes_reason,
)
from server.web.api import Endpoint, Page

endpoints: list[Endpoint] = [
    *routes.endpoints,
    *routes_reason.endpoints,
    *routes_own.endpoints,
    *routes_erasure.endpoints,
]
pages: list[Page] = [
    *pages_public.pages,
    *pages_own.pages,
    *routes_erasure.pages,
    *pages_holds.pages,
    *pages_record.pages,
    *pages_rules.pages,
    *pages_recordings.pages,
    *pages_access.pages,
    *pages_sweeps.pages,
    *routes_reason.pages,
]
