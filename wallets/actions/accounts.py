"""Opening accounts: with the user, or just before a batch, never inside a gift's transaction."""

from collections.abc import Sequence
from typing import NamedTuple

from wallets.models import COIN, Account
from wallets.statements import array, run

FLOOR_ZERO = {Account.Kind.RESERVE, Account.Kind.UNAPPLIED}


class Spec(NamedTuple):
    """What names an account: its owner (None for the system), kind, asset and reference."""

    owner: int | None
    kind: str
    asset: str
    ref: str = ""


def wallet_of(user_id: int) -> Spec:
    return Spec(user_id, Account.Kind.WALLET, COIN)


def system(kind: str, asset: str, ref: str = "") -> Spec:
    return Spec(None, kind, asset, ref)


def account_ids(specs: Sequence[Spec]) -> dict[Spec, int]:
    """The ids of these accounts; those that do not exist yet are opened."""
    wanted = list(dict.fromkeys(specs))
    found = _find(wanted)
    missing = [spec for spec in wanted if spec not in found]
    if missing:
        flags = _flags_of_owners(missing)
        Account.objects.bulk_create(
            [
                Account(
                    owner_id=spec.owner,
                    kind=spec.kind,
                    asset=spec.asset,
                    ref=spec.ref,
                    floor=0 if spec.owner is not None or spec.kind in FLOOR_ZERO else None,
                    **flags.get(spec.owner, {}),
                )
                for spec in missing
            ],
            ignore_conflicts=True,
        )
        found |= _find(missing)
    return found


def _flags_of_owners(specs: Sequence[Spec]) -> dict[int | None, dict[str, bool]]:
    """A frozen user's new accounts are as frozen as the wallet."""
    wallets = Account.objects.filter(
        owner__in={spec.owner for spec in specs if spec.owner is not None},
        kind=Account.Kind.WALLET,
    )
    return {
        wallet.owner_id: {"can_debit": wallet.can_debit, "can_credit": wallet.can_credit}
        for wallet in wallets
    }


def _find(specs: Sequence[Spec]) -> dict[Spec, int]:
    found = run(
        # One branch for nobody's accounts: no index serves IS NOT DISTINCT FROM.
        """WITH s AS (
               SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[])
                             AS s (owner_id, kind, asset, ref))
           SELECT a.owner_id, a.kind, a.asset, a.ref, a.id
           FROM s JOIN wallets_account a USING (owner_id, kind, asset, ref)
           UNION ALL
           SELECT a.owner_id, a.kind, a.asset, a.ref, a.id
           FROM s JOIN wallets_account a ON a.owner_id IS NULL AND a.kind = s.kind
                                        AND a.asset = s.asset AND a.ref = s.ref
           WHERE s.owner_id IS NULL""",
        *(array(spec[i] for spec in specs) for i in range(len(Spec._fields))),
        prepare=False,
    )
    return {Spec(*row[:4]): row[4] for row in found.rows()}


def open_wallet(*, user_id: int) -> int:
    """The account that holds a user's coins, starting at 0."""
    spec = wallet_of(user_id)
    return account_ids([spec])[spec]
