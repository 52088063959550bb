"""Offices, services and relations written out as that API writes them. Pure; what they are is in `directory.py`."""

import re
from dataclasses import dataclass
from typing import Any

from server.catalog.model import Catalogue, in_language
from server.settings import Settings
from server.zms.directory import Choice, Directory, Office

SLOT_MINUTES = 5
LONGEST_VISIT_MINUTES = 180
SOURCE = "sprechzeit"
ADDRESS = re.compile(r"(?P<street>.+?)\s+(?P<house>\d+\s?\w{0,3}),\s*(?P<code>\d{5})\s+(?P<city>.+)")


@dataclass(frozen=True)
class Words:
    """What the listing needs beyond the catalogue: the city, the language, and the word for video."""

    settings: Settings
    language: str
    video: str


def listing(catalogue: Catalogue, directory: Directory, words: Words) -> dict[str, Any]:
    """`{offices, services, relations}`: what can be booked; hidden services are left out."""
    offered = [choice for choice in directory.choices.values() if choice.offered]
    used = {office for choice in offered for office in directory.offices_for(choice)}
    return {
        "offices": [
            office_json(catalogue, directory.offices[office], words)
            for office in directory.offices
            if office in used
        ],
        "services": [_service(directory, choice, offered, words) for choice in offered],
        "relations": [
            _relation(office, choice) for choice in offered for office in directory.offices_for(choice)
        ],
    }


def office_json(catalogue: Catalogue, office: Office, words: Words) -> dict[str, Any]:
    return {
        "id": office.id,
        "name": office_name(catalogue, office, words),
        "address": _address(catalogue, office, words),
        "showAlternativeLocations": True,
        "displayNameAlternatives": [],
        "organization": words.settings.city,
        "organizationUnit": None,
        "slotTimeInMinutes": SLOT_MINUTES,
        "geo": None,
        "scope": scope_json(catalogue, office, words),
        "disabledByServices": [],
        "allowDisabledServicesMix": None,
        "sharedBookingOfficeIds": None,
        "slotsPerAppointment": str(LONGEST_VISIT_MINUTES // SLOT_MINUTES),
        "priority": 1,
        "parentId": None,
    }


def scope_json(catalogue: Catalogue, office: Office, words: Words) -> dict[str, Any]:
    """One scope per office. A mail address is needed: the appointment is confirmed by mail."""
    return {
        "id": office.id,
        "provider": {"id": office.id, "source": SOURCE},
        "shortName": office_name(catalogue, office, words),
        "emailFrom": words.settings.mail_from,
        "emailRequired": True,
        "telephoneActivated": True,
        "telephoneRequired": False,
        "customTextfieldActivated": False,
        "customTextfieldRequired": False,
        "customTextfieldLabel": None,
        "customTextfield2Activated": False,
        "customTextfield2Required": False,
        "customTextfield2Label": None,
        "captchaActivatedRequired": False,
        "infoForAppointment": None,
        "infoForAllAppointments": None,
        "slotsPerAppointment": str(LONGEST_VISIT_MINUTES // SLOT_MINUTES),
        "appointmentsPerMail": str(words.settings.max_per_contact),
        "whitelistedMails": ",".join(sorted(words.settings.uncapped)) or None,
        "reservationDuration": words.settings.hold_minutes,
        "activationDuration": words.settings.activation_minutes,
        "hint": None,
    }


def office_name(catalogue: Catalogue, office: Office, words: Words) -> str:
    return catalogue.sites[office.site].name if office.site else words.video


def _address(catalogue: Catalogue, office: Office, words: Words) -> dict[str, Any]:
    empty = {"street": "", "house_number": "", "postal_code": "", "city": words.settings.city, "hint": None}
    if office.site is None:
        return empty
    written = catalogue.sites[office.site].address
    found = ADDRESS.fullmatch(written)
    if found is None:
        return {**empty, "street": written}
    parts = {"street": found["street"], "house_number": found["house"], "postal_code": found["code"]}
    return {**empty, **parts, "city": found["city"]}


def _service(directory: Directory, choice: Choice, offered: list[Choice], words: Words) -> dict[str, Any]:
    return {
        "id": choice.id,
        "name": in_language(choice.service.name, words.language),
        "maxQuantity": choice.service.max_count,
        "combinable": _combinable(directory, choice, offered),
        "parentId": choice.parent,
        "variantId": choice.variant,
        "rootParentId": choice.parent,
        "showOnStartPage": choice.parent is None,
        "public": True,
    }


def _combinable(directory: Directory, choice: Choice, offered: list[Choice]) -> dict[str, Any]:
    """`{order: {serviceId: [officeIds]}}`, itself first; only one video number per service."""
    others = [
        other
        for other in offered
        if other.service.id != choice.service.id
        and (other.mode == "onsite" or other.parent is not None)
        and directory.may_go_together(choice, other)
    ]
    return {
        str(order): {str(other.id): directory.common_offices([choice, other])}
        for order, other in enumerate([choice, *others], 1)
    }


def _relation(office: int, choice: Choice) -> dict[str, Any]:
    return {
        "officeId": office,
        "serviceId": choice.id,
        "slots": choice.service.minutes // SLOT_MINUTES,
        "public": True,
        "maxQuantity": choice.service.max_count,
    }
