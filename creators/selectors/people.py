"""Reads about creators."""

from collections.abc import Sequence

from django.db import connection

from creators.models import Creator
from wallets.statements import array


def creator_of(user_id: int) -> Creator | None:
    return Creator.objects.select_related("user").filter(pk=user_id).first()


def creators_without_accounts(assets: Sequence[str]) -> list[int]:
    """Approved creators that lack the clearing account of one of these assets."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT DISTINCT c.user_id FROM creators_creator c
               CROSS JOIN unnest(%s::text[]) AS wanted (asset)
               WHERE c.state = 'approved' AND NOT EXISTS (
                   SELECT FROM wallets_account a WHERE a.owner_id = c.user_id
                     AND a.kind = 'clearing' AND a.asset = wanted.asset AND a.ref = '')
               ORDER BY c.user_id""",
            [array(assets)],
        )
        return [row[0] for row in cursor.fetchall()]
