"""Documents over HTTP: forms and files read as a stream, downloads written as one. What is allowed is in the verbs."""

import asyncio
from contextlib import aclosing

from aiohttp import BodyPartReader, ClientError, MultipartReader, web
from aiohttp.http import HttpProcessingError

from server.access import Appointment, appointment_by_token, appointment_for
from server.documents import routes_tus as tus
from server.documents.checking import Infected
from server.documents.delete import take_back
from server.documents.routes_stream import BROKEN_OFF, CHUNK, NO_FILE, PACE_S, TOO_SLOW, file_of, names_of
from server.documents.show import DocumentOut, document_out
from server.documents.upload import OTHER, StoredDocument, receive
from server.documents.view import OpenedDocument, documents_of, download_headers, open_document
from server.errors import BadInput, Conflict, Gone, MustBeKept, TooLarge, TooLate, TypeNotAllowed
from server.web.api import Endpoint, Reply
from server.web.call import Call

MEGABYTE = 1_000_000
AROUND_THE_FILE = 64 * 1024
MOST_FIELDS = 10
LONGEST_FIELD = 1_000

NO_FORM = "Bitte senden Sie die Datei als multipart/form-data."


async def receive_form(call: Call, appointment: Appointment) -> StoredDocument:
    """Reads a form with the field `item` before the file `file` and takes the file; for the API and for pages.

    Refusals as `upload.receive`, and `BadInput` for what is no such form. `request.post()` must not have been called.
    """
    limit = call.office.settings.upload_limit_mb * MEGABYTE
    refuse_announced(call.request, limit)
    fields, part, filename = await up_to_the_file(call.request)
    async with aclosing(file_of(part, filename)) as chunks:
        return await receive(
            call.office.door,
            call.office.keyring,
            appointment,
            fields.get("item") or OTHER,
            filename,
            chunks,
            limit=limit,
            now=call.now,
        )


def refuse_announced(request: web.Request, limit: int) -> None:
    """`TooLarge` for a form that says itself that its file is beyond `limit` bytes."""
    length = request.content_length
    if length is not None and length > limit + AROUND_THE_FILE:
        raise TooLarge(params={"limit_mb": limit // MEGABYTE}, limit=limit)


async def up_to_the_file(request: web.Request) -> tuple[dict[str, str], BodyPartReader, str]:
    """The text fields and the file part after them, not yet read, with the file's name."""
    if request.content_type != "multipart/form-data":
        raise BadInput(NO_FORM)
    fields: dict[str, str] = {}
    try:
        async with asyncio.timeout(PACE_S):
            parts = await request.multipart()
            while isinstance(part := await parts.next(), BodyPartReader):
                name, filename = names_of(part)
                if filename is not None:
                    return fields, _checked(part, name), filename
                if len(fields) >= MOST_FIELDS or not name:
                    raise BadInput(NO_FORM)
                fields[name] = await _text(part)
    except (ValueError, AssertionError, HttpProcessingError, web.HTTPException, web.RequestPayloadError):
        raise BadInput(NO_FORM) from None
    except (ClientError, ConnectionError):
        raise BadInput(BROKEN_OFF) from None
    except TimeoutError:
        raise BadInput(TOO_SLOW) from None
    raise BadInput(NO_FORM if isinstance(part, MultipartReader) else NO_FILE)


def _checked(part: BodyPartReader, name: str | None) -> BodyPartReader:
    if name != "file" or part.headers.get("Content-Transfer-Encoding", "binary") not in {
        "binary",
        "8bit",
    }:
        raise BadInput(NO_FORM)
    return part


async def _text(part: BodyPartReader) -> str:
    value = b""
    while not part.at_eof():
        value += await part.read_chunk(CHUNK)
        if len(value) > LONGEST_FIELD:
            raise BadInput(NO_FORM)
    text = value.decode()
    if "\0" in text:
        raise BadInput(NO_FORM)
    return text


async def send_document(call: Call, opened: OpenedDocument) -> web.StreamResponse:
    """Answers with a download; also for pages."""
    response = web.StreamResponse(headers=download_headers(opened.document))
    async with aclosing(opened.chunks) as chunks:
        await response.prepare(call.request)
        async for chunk in chunks:
            await response.write(chunk)
    await response.write_eof()
    return response


async def _own(call: Call) -> Appointment:
    async with call.office.db.read() as tx:
        return await appointment_by_token(tx, call.path("token"))


async def _of_clerk(call: Call) -> Appointment:
    async with call.office.db.read() as tx:
        return await appointment_for(tx, call.member, call.path("id"))


async def _list(call: Call, appointment: Appointment) -> Reply:
    async with call.office.db.read() as tx:
        documents = await documents_of(tx, appointment, call.office.keyring)
    return Reply([document_out(document, call.language) for document in documents])


async def _download(call: Call, appointment: Appointment) -> web.StreamResponse:
    office, wanted = call.office, call.path("document")
    opened = await open_document(
        office.db, office.store, office.keyring, appointment, wanted, by=call.staff, now=call.now
    )
    return await send_document(call, opened)


async def post_document(call: Call) -> Reply:
    """A form with the file in it; or, from a client that can go on after a broken line, the announcement of one."""
    if tus.speaks_tus(call.request):
        return await tus.create(call, await _own(call))
    return Reply(document_out(await receive_form(call, await _own(call)), call.language), status=201)


async def get_documents(call: Call) -> Reply:
    return await _list(call, await _own(call))


async def get_document(call: Call) -> Reply | web.StreamResponse:
    """The download; HEAD tells how far an upload is."""
    if call.request.method == "HEAD" and tus.speaks_tus(call.request):
        return await tus.standing(call, await _own(call))
    return await _download(call, await _own(call))


async def ask_document_options(call: Call) -> Reply:
    await _own(call)
    return tus.options(call)


async def patch_document(call: Call) -> Reply:
    return await tus.part(call, await _own(call))


async def post_to_document(call: Call) -> Reply:
    return await tus.overridden(call, await _own(call))


async def delete_document(call: Call) -> Reply:
    await take_back(call.office.db, await _own(call), call.path("document"), call.now)
    return Reply(status=204, headers={"Tus-Resumable": tus.VERSION} if tus.speaks_tus(call.request) else {})


async def get_office_documents(call: Call) -> Reply:
    return await _list(call, await _of_clerk(call))


async def get_office_document(call: Call) -> web.StreamResponse:
    return await _download(call, await _of_clerk(call))


CLERK = frozenset({"clerk"})
OWN = "/api/v1/appointments/{token}/documents"
OFFICE = "/api/v1/office/appointments/{id}/documents"
FILE = "*/*"

endpoints: list[Endpoint] = [
    Endpoint(
        "POST",
        OWN,
        post_document,
        "Eine Unterlage vorab senden (Felder: item, file)",
        returns={201: DocumentOut},
        refusals=(BadInput, Infected, TooLarge, TypeNotAllowed, Conflict, TooLate),
        consumes="multipart/form-data",
    ),
    Endpoint(
        "OPTIONS",
        OWN,
        ask_document_options,
        "Was für Übertragungen in Teilen gilt (tus 1.0.0)",
        returns={204: None},
    ),
    Endpoint(
        "PATCH",
        f"{OWN}/{{document}}",
        patch_document,
        "Den nächsten Teil einer Datei senden (tus 1.0.0)",
        returns={204: None},
        refusals=(BadInput, Infected, TooLarge, TypeNotAllowed, TooLate, *tus.REFUSALS),
        headers=("Tus-Resumable", "Upload-Offset"),
        consumes=tus.PART,
    ),
    Endpoint(
        "POST",
        f"{OWN}/{{document}}",
        post_to_document,
        "Wie PATCH, HEAD oder DELETE, mit X-HTTP-Method-Override (tus 1.0.0)",
        returns={204: None},
        refusals=(BadInput, Infected, TooLarge, TypeNotAllowed, TooLate, *tus.REFUSALS),
        headers=("X-HTTP-Method-Override",),
        consumes=tus.PART,
    ),
    Endpoint("GET", OWN, get_documents, "Die gesendeten Unterlagen", returns={200: list[DocumentOut]}),
    Endpoint(
        "GET",
        f"{OWN}/{{document}}",
        get_document,
        "Eine eigene Unterlage herunterladen",
        returns={200: None},
        refusals=(Gone,),
        produces=FILE,
    ),
    Endpoint(
        "DELETE",
        f"{OWN}/{{document}}",
        delete_document,
        "Eine Unterlage zurücknehmen",
        returns={204: None},
        refusals=(TooLate, MustBeKept),
    ),
    Endpoint(
        "GET",
        OFFICE,
        get_office_documents,
        "Die Unterlagen zu einem Termin",
        returns={200: list[DocumentOut]},
        roles=CLERK,
    ),
    Endpoint(
        "GET",
        f"{OFFICE}/{{document}}",
        get_office_document,
        "Eine Unterlage herunterladen",
        returns={200: None},
        refusals=(Gone,),
        roles=CLERK,
        produces=FILE,
    ),
]
