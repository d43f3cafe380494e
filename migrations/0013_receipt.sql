-- What a submission owes its applicant: a code to follow it by, a receipt, messages.

create table practice.follow (
    practice_id  uuid primary key references practice.practice (id),
    code         text not null unique
);
comment on table practice.follow is 'Codes printed on receipts: whoever has one sees how the practice stands, and nothing that is personal.';
comment on column practice.follow.practice_id is 'The practice.';
comment on column practice.follow.code is 'The code: 100 random bits.';
create trigger follow_is_immutable before update or delete on practice.follow
    for each row execute function layer.refuse_change();

create table practice.receipt (
    practice_id  uuid primary key references practice.practice (id),
    sha256       bytea not null check (length(sha256) = 32),
    bytes        bigint not null,
    made_at      timestamptz not null default now()
);
comment on table practice.receipt is 'Receipts as printed (L. 241/1990, art. 18-bis); their bytes are in the store of blobs.';
comment on column practice.receipt.practice_id is 'The practice.';
comment on column practice.receipt.sha256 is 'SHA-256 of the PDF.';
comment on column practice.receipt.bytes is 'Its size.';
comment on column practice.receipt.made_at is 'When it was printed.';
create trigger receipt_is_immutable before update or delete on practice.receipt
    for each row execute function layer.refuse_change();

create table practice.outbox (
    id           bigint generated always as identity primary key,
    practice_id  uuid not null references practice.practice (id),
    kind         text not null check (kind in ('receipt')),
    added_at     timestamptz not null default now(),
    due_at       timestamptz not null default now(),
    attempts     integer not null default 0,
    last_error   text,
    done_at      timestamptz
);
comment on table practice.outbox is 'What is still to be done for practices, added in the transaction that makes it due.';
comment on column practice.outbox.id is 'Number of the entry.';
comment on column practice.outbox.practice_id is 'The practice.';
comment on column practice.outbox.kind is 'receipt: print the receipt.';
comment on column practice.outbox.added_at is 'When it became due.';
comment on column practice.outbox.due_at is 'When it is tried next.';
comment on column practice.outbox.attempts is 'How often it was tried.';
comment on column practice.outbox.last_error is 'Why it did not succeed last; names no person.';
comment on column practice.outbox.done_at is 'When it was done; none while it waits.';
create index outbox_waiting on practice.outbox (due_at) where done_at is null;
grant update on practice.outbox to mappale_writer;
