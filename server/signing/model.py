"""The table of forms to be signed. What stands in them, and the signature, is sealed with the case's key. The rules are in the verbs."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from recordings_policy.classes import SIGNATURE
from recordings_policy.holds import holds
from server.db import Base, UtcDateTime

STATES = ("open", "signed", "sealed", "refused", "withdrawn")


class FormRow(Base):
    """A form that a clerk prepared. It dies with its case.

    A changed form is a new `version` with another `pdf_hash` (SHA-256 of what is read); a code and a signature are for one
    version only. `code_nonce` is what today's only code is made from, with the secret: the code itself is nowhere.
    `work_until` is the lease of the process that seals or delivers, `work_after` when it is tried again. `sealed_pdf` waits
    to become a document of the case, at `delivered_at` it has, and nothing of the content is left here.
    """

    __tablename__ = "form"
    __data__ = holds(
        {
            SIGNATURE: "case_id appointment_id staff_id blank version state content_sealed pdf_sealed pdf_hash pages created_at "
            "expires_at read_at code_nonce code_until code_sent_at code_tries codes_sent signature_sealed signed_at "
            "sealed_pdf sealed_at document_id delivered_at ended_at"
        },
        nothing="id work_after work_until work_tries",
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    appointment_id: Mapped[str] = mapped_column(ForeignKey("appointment.id", ondelete="CASCADE"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    blank: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), index=True)
    content_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    pdf_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    pdf_hash: Mapped[str] = mapped_column(String(64))
    pages: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    code_nonce: Mapped[str | None] = mapped_column(String(32))
    code_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    code_sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    code_tries: Mapped[int] = mapped_column(default=0)
    codes_sent: Mapped[int] = mapped_column(default=0)
    signature_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sealed_pdf: Mapped[bytes | None] = mapped_column(LargeBinary)
    work_after: Mapped[datetime | None] = mapped_column(UtcDateTime)
    work_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    work_tries: Mapped[int] = mapped_column(default=0)
    sealed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    document_id: Mapped[str | None] = mapped_column(String(32))
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def form_bound(form_id: str, what: str) -> str:
    """What the sealed parts are bound to: "content", "signature", "pdf/VERSION", "sealed"."""
    return f"form/{form_id}/{what}"


def code_subject(form_id: str, version: int, pdf_hash: str, nonce: str) -> str:
    """What a one-time code is for: this version of this form, by the hash of what is read."""
    return f"{form_id}|{version}|{pdf_hash}|{nonce}"


def item_of(form_id: str) -> str:
    """The item under which the sealed form is among the case's documents; there is one for each form."""
    return f"form-{form_id}"
