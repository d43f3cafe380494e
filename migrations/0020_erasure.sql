-- Erasure of personal data: what the law wants forgotten is forgotten, and the chain still holds.

create table practice.erasure (
    practice_id  uuid primary key references practice.practice (id),
    at           timestamptz not null,
    by           text not null check (length(by) between 1 and 200),
    reason       text not null check (length(reason) between 1 and 2000),
    content      text not null,
    salt         bytea not null check (length(salt) = 32),
    link         bigint not null unique references audit.link (position)
);
comment on table practice.erasure is 'Practices whose personal data were erased: rows are only added, each is a link of the chain.';
comment on column practice.erasure.practice_id is 'The practice.';
comment on column practice.erasure.at is 'When it was done.';
comment on column practice.erasure.by is 'Name of who did it.';
comment on column practice.erasure.reason is 'The rule or the order by which it was done.';
comment on column practice.erasure.content is 'The erasure as JSON, exactly as it was hashed, with a hash of what is left of the practice.';
comment on column practice.erasure.salt is 'Random bytes hashed with the content.';
comment on column practice.erasure.link is 'Its place in the chain.';
create trigger erasure_is_immutable before update or delete on practice.erasure
    for each row execute function layer.refuse_change();

alter table practice.erasure enable row level security;
create policy of_seen on practice.erasure for all to mappale_writer using (
    (select practice.viewer()) = 'system'
    or exists (select from practice.practice where practice.id = practice_id)
);

-- The one practice that an erasure is about may change while it is at work. The role of the server
-- has no right to update these tables, whatever it sets: an erasure is the owner's.
drop trigger practice_is_immutable on practice.practice;
create trigger practice_is_immutable before update or delete on practice.practice
    for each row when (coalesce(current_setting('mappale.erasing', true), '') <> old.id::text)
    execute function layer.refuse_change();
drop trigger file_is_immutable on practice.file;
create trigger file_is_immutable before update or delete on practice.file
    for each row when (coalesce(current_setting('mappale.erasing', true), '') <> old.practice_id::text)
    execute function layer.refuse_change();
drop trigger event_is_immutable on practice.event;
create trigger event_is_immutable before update or delete on practice.event
    for each row when (coalesce(current_setting('mappale.erasing', true), '') <> old.practice_id::text)
    execute function layer.refuse_change();
