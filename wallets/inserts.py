"""What the writer writes: a few statements per batch; row counts are compared."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection
from msgspec.structs import astuple

from wallets.books import Books, Draft
from wallets.errors import LedgerBroken
from wallets.models import Lot, Operation, Transfer
from wallets.rows import LOT_COLUMNS
from wallets.statements import array, insert_rows, run
from wallets.states import AccountState, LotState

if TYPE_CHECKING:
    from wallets.writer import Ask, Outcome

OPERATION_COLUMNS = (
    "id", "actor", "key", "kind", "request_hash", "outcome", "reason", "details",
)  # fmt: skip
TRANSFER_COLUMNS = (
    "id", "operation_id", "debit_account_id", "credit_account_id", "amount", "code", "reverses",
    "lots", "lot_coins", "clears_at",
)  # fmt: skip
# What of a lot changes.
CHANGING = (
    "remaining", "refunded_coins", "refunded_money", "refunded_tax", "refunded_reserve",
    "disputed_coins", "disputed_money", "disputed_tax",
)  # fmt: skip
REASON_LENGTH = Operation._meta.get_field("reason").max_length


def insert_operations(stored: Sequence[tuple["Ask", "Outcome"]], books: Books) -> None:
    if not stored:
        return
    insert_rows(
        Operation,
        OPERATION_COLUMNS,
        [
            (
                outcome.operation,
                ask.actor,
                ask.key,
                ask.kind.name,
                ask.request_hash.hex(),
                "done" if outcome.done else "refused",
                # The audit entry of a staff action keeps the whole reason.
                ask.reason[:REASON_LENGTH] if outcome.done else outcome.code,
                outcome.details,
            )
            for ask, outcome in stored
        ],
        created=books.now,
    )


def update_accounts(books: Books, before: Mapping[int, AccountState]) -> None:
    """Add the batch's sums to the accounts; the floor is judged once more by the database."""
    changed = [(state, before[id]) for id, state in books.accounts.items() if state != before[id]]
    if not changed:
        return
    deltas = [
        tuple(new - old for new, old in zip(state.numbers, was.numbers, strict=True))
        for state, was in changed
    ]
    run(
        """UPDATE wallets_account a SET
               debits_posted = a.debits_posted + d.dp,
               credits_posted = a.credits_posted + d.cp,
               debits_pending = a.debits_pending + d.dh,
               credits_pending = a.credits_pending + d.ch,
               can_debit = d.can_debit,
               can_credit = d.can_credit,
               cleared_until = d.cleared_until
           FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[],
                       %s::bool[], %s::bool[], %s::timestamptz[])
                AS d (id, dp, cp, dh, ch, can_debit, can_credit, cleared_until)
           WHERE a.id = d.id AND (a.floor IS NULL OR
               a.credits_posted + d.cp
               >= a.floor + a.debits_posted + d.dp + a.debits_pending + d.dh)""",
        array(state.id for state, _ in changed),
        *(array(delta[i] for delta in deltas) for i in range(4)),
        array(state.can_debit for state, _ in changed),
        array(state.can_credit for state, _ in changed),
        array(state.cleared_until for state, _ in changed),
        rows_written=len(changed),
    )


def insert_transfers(drafts: Sequence[Draft], books: Books) -> None:
    made = [(draft, transfer) for draft in drafts for transfer in draft.transfers]
    if not made:
        return
    insert_rows(
        Transfer,
        TRANSFER_COLUMNS,
        [
            (
                t.id,
                draft.operation,
                t.debit,
                t.credit,
                t.amount,
                t.code,
                t.reverses,
                array([lot for lot, _ in t.parts]) if t.parts else None,
                array([n for _, n in t.parts]) if t.parts else None,
                t.clears_at,
            )
            for draft, t in made
        ],
        day=books.day,
        created=books.now,
    )


def write_lots(drafted: Iterable[int], books: Books) -> None:
    """Insert new lots and update changed ones, as the last draft of the batch left them."""
    final = [books.lots[id] for id in drafted]
    _insert_lots([lot for lot in final if lot.new], books)
    changed = [lot for lot in final if not lot.new]
    if not changed:
        return
    run(
        f"""UPDATE wallets_lot l SET open = d.remaining > 0,
                {", ".join(f"{name} = d.{name}" for name in CHANGING)}
            FROM unnest({", ".join(["%s::bigint[]"] * (1 + len(CHANGING)))})
                 AS d (id, {", ".join(CHANGING)})
            WHERE l.id = d.id""",  # noqa: S608
        array(lot.id for lot in changed),
        *(array(getattr(lot, name) for lot in changed) for name in CHANGING),
        rows_written=len(changed),
    )


def _insert_lots(lots: Sequence[LotState], books: Books) -> None:
    if lots:
        insert_rows(
            Lot,
            [*LOT_COLUMNS.replace(",", "").split(), "open"],
            [(*astuple(lot)[:-1], lot.remaining > 0) for lot in lots],
            created=books.now,
        )


def write_holds(drafts: Sequence[Draft], books: Books) -> None:
    with connection.cursor() as cursor:
        for draft in drafts:
            for hold in draft.holds:
                cursor.execute(
                    """INSERT INTO wallets_hold
                           (id, operation_id, debit_account_id, credit_account_id, amount, code,
                            state, created)
                       VALUES (%s, %s, %s, %s, %s, %s, 'pending', %s)""",
                    [
                        hold.id,
                        draft.operation,
                        hold.debit,
                        hold.credit,
                        hold.amount,
                        hold.code,
                        books.now,
                    ],
                )
            for hold_id, transfer_id in draft.resolved:
                cursor.execute(
                    """UPDATE wallets_hold SET state = %s, transfer_id = %s, resolved_by = %s
                       WHERE id = %s AND state = 'pending'""",
                    ["posted" if transfer_id else "voided", transfer_id, draft.operation, hold_id],
                )
                _expect(cursor.rowcount, 1, "holds")


def write_taken_back(drafts: Sequence[Draft]) -> list[tuple[str, UUID, int]]:
    """Write what came back, and how held spans end; returns (code, transfer, coins) of each span
    that was released: its coins are spent again."""
    released: list[tuple[str, UUID, int]] = []
    made = [(draft, back) for draft in drafts for back in draft.taken_back]
    with connection.cursor() as cursor:
        if made:
            cursor.execute(
                """INSERT INTO wallets_takenback
                       (transfer_id, operation_id, span, why, ref, state)
                   SELECT transfer_id, operation_id, int8range(first, past), why, ref, state
                   FROM unnest(%s::uuid[], %s::uuid[], %s::bigint[], %s::bigint[], %s::text[],
                               %s::text[], %s::text[])
                        AS b (transfer_id, operation_id, first, past, why, ref, state)""",
                [
                    array(back.transfer for _, back in made),
                    array(draft.operation for draft, _ in made),
                    array(back.first for _, back in made),
                    array(back.end for _, back in made),
                    array(back.why for _, back in made),
                    array(back.ref for _, back in made),
                    array(back.state for _, back in made),
                ],
            )
            _expect(cursor.rowcount, len(made), "spans")
        for draft in drafts:
            for why, ref, state in draft.settled:
                cursor.execute(
                    """UPDATE wallets_takenback b SET state = %s FROM wallets_transfer t
                       WHERE b.why = %s AND b.ref = %s AND b.state = 'held'
                         AND t.id = b.transfer_id
                       RETURNING t.code, t.id, upper(b.span) - lower(b.span)""",
                    [state, why, ref],
                )
                if state == "released":
                    released += cursor.fetchall()
    return released


def _expect(found: int, wanted: int, what: str) -> None:
    if found != wanted:
        raise LedgerBroken(f"{found} {what} written instead of {wanted}")
