"""A permission to record in the small city, as if proposed and approved. Who may do that is tested elsewhere."""

from sqlalchemy import insert

from recordings_policy.policy_text import FINGERPRINT
from server.privacy.model_recordings import RecordingPermissionRow
from tests.office.city import City


async def permit(city: City) -> None:
    row = {"id": "a" * 32, "service_id": "bauberatung", "version": 1, "legal_basis": "Satzung, § 3"}
    proposed = {"proposed_by": 1, "proposed_at": city.now, "policy": FINGERPRINT, "words": "Ja."}
    decided = {"decision": "approved", "decided_by": 2, "decided_at": city.now}
    async with city.office.db.write() as tx:
        await tx.execute(insert(RecordingPermissionRow).values(**row, **proposed, **decided))
