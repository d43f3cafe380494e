-- Practices: drafts, the register, what was filed, and the chain of events.

create schema procedure;
create schema practice;
comment on schema procedure is 'The texts of procedures as practices started with them.';
comment on schema practice is 'Drafts, the register, practices and their events.';
revoke all on schema procedure, practice from public;
grant usage on schema procedure, practice to mappale_writer;
alter default privileges in schema procedure, practice
    grant select, insert on tables to mappale_writer;
alter default privileges in schema procedure, practice
    grant usage, select on sequences to mappale_writer;

alter table person.session add column person text;
comment on column person.session.person is 'Who it is, the same in every session; demo: and the role for the fixed identities of a demonstration.';
update person.session set person = 'demo:' || role where demonstration;

create table procedure.definition (
    sha256   bytea primary key check (length(sha256) = 32),
    code     text not null,
    scope    text not null,
    version  integer not null,
    text     text not null,
    kept_at  timestamptz not null default now()
);
comment on table procedure.definition is 'Texts of procedures, kept when the first practice started with them.';
comment on column procedure.definition.sha256 is 'SHA-256 of the text.';
comment on column procedure.definition.code is 'Short code, such as UR-CDU.';
comment on column procedure.definition.scope is 'Whose rule it is.';
comment on column procedure.definition.version is 'Version that the file says.';
comment on column procedure.definition.text is 'The procedure and its sections.';
comment on column procedure.definition.kept_at is 'When it was kept.';
create trigger definition_is_immutable before update or delete on procedure.definition
    for each row execute function layer.refuse_change();

create table audit.link (
    position        bigint primary key check (position > 0),
    content_sha256  bytea not null check (length(content_sha256) = 32),
    previous_sha256 bytea not null check (length(previous_sha256) = 32),
    sha256          bytea not null check (length(sha256) = 32)
);
comment on table audit.link is 'The chain of events: each link holds the hash of a salted content and of the link before.';
comment on column audit.link.position is 'Counts from 1 without a gap.';
comment on column audit.link.content_sha256 is 'SHA-256 of salt and content of the event.';
comment on column audit.link.previous_sha256 is 'Hash of the link before; zeros for the first.';
comment on column audit.link.sha256 is 'SHA-256 of position, previous hash and content hash.';
create trigger link_is_immutable before update or delete on audit.link
    for each row execute function layer.refuse_change();

create table audit.head (
    one       boolean primary key default true check (one),
    position  bigint not null,
    sha256    bytea not null check (length(sha256) = 32)
);
comment on table audit.head is 'The end of the chain: one row, locked by whoever adds a link.';
comment on column audit.head.one is 'Always true: there is one row.';
comment on column audit.head.position is 'Position of the last link; 0 before the first.';
comment on column audit.head.sha256 is 'Its hash; zeros before the first.';
insert into audit.head (position, sha256) values (0, decode(repeat('00', 32), 'hex'));
grant update on audit.head to mappale_writer;

create table practice.draft (
    id                uuid primary key,
    person            text not null,
    territory_id      bigint not null references place.territory (id),
    procedure_code    text not null,
    definition_sha256 bytea not null references procedure.definition (sha256),
    answers           jsonb not null,
    touched           text[] not null default '{}',
    revision          integer not null default 1,
    created_at        timestamptz not null default now(),
    saved_at          timestamptz not null default now(),
    expires_at        timestamptz not null default now() + interval '90 days',
    submitted_as      uuid
);
comment on table practice.draft is 'What is being written: its writer''s alone, and the only thing of a practice that changes.';
comment on column practice.draft.id is 'Random number, in its address.';
comment on column practice.draft.person is 'Who writes it.';
comment on column practice.draft.territory_id is 'The comune it is for.';
comment on column practice.draft.procedure_code is 'Short code of the procedure.';
comment on column practice.draft.definition_sha256 is 'The text of the procedure with which it began.';
comment on column practice.draft.answers is 'Answers by the keys of their fields, as far as they were given.';
comment on column practice.draft.touched is 'Codes of the sections that were saved once.';
comment on column practice.draft.revision is 'Counts savings: two devices cannot overwrite each other unseen.';
comment on column practice.draft.created_at is 'When it was begun.';
comment on column practice.draft.saved_at is 'When it was last saved.';
comment on column practice.draft.expires_at is 'When it may be removed.';
comment on column practice.draft.submitted_as is 'The practice that it became.';
create index draft_of_person on practice.draft (person, saved_at desc);
grant update, delete on practice.draft to mappale_writer;

create table practice.draft_file (
    draft_id  uuid not null references practice.draft (id) on delete cascade,
    code      text not null,
    sha256    bytea not null check (length(sha256) = 32),
    name      text not null,
    media     text not null,
    bytes     bigint not null check (bytes > 0),
    added_at  timestamptz not null default now(),
    primary key (draft_id, code)
);
comment on table practice.draft_file is 'Documents of drafts; their bytes are in the store of blobs.';
comment on column practice.draft_file.draft_id is 'The draft.';
comment on column practice.draft_file.code is 'Which document of the procedure.';
comment on column practice.draft_file.sha256 is 'SHA-256 of its bytes: its name in the store.';
comment on column practice.draft_file.name is 'Name that the file had.';
comment on column practice.draft_file.media is 'Media type by its first bytes.';
comment on column practice.draft_file.bytes is 'Size.';
comment on column practice.draft_file.added_at is 'When it was uploaded.';
grant update, delete on practice.draft_file to mappale_writer;

create table practice.register (
    territory_id  bigint not null references place.territory (id),
    year          integer not null,
    last_number   integer not null check (last_number >= 0),
    last_at       timestamptz not null,
    primary key (territory_id, year)
);
comment on table practice.register is 'The counter of the register: one row for a comune and year, locked while a number is taken.';
comment on column practice.register.territory_id is 'The comune.';
comment on column practice.register.year is 'Year of legal time.';
comment on column practice.register.last_number is 'The number given last.';
comment on column practice.register.last_at is 'When it was given: the next is not earlier.';
grant update on practice.register to mappale_writer;

create table practice.practice (
    id                uuid primary key,
    draft_id          uuid not null unique,
    person            text not null,
    person_name       text not null,
    idempotency_key   uuid not null,
    body_sha256       bytea not null check (length(body_sha256) = 32),
    territory_id      bigint not null references place.territory (id),
    year              integer not null,
    number            integer not null check (number > 0),
    registered_at     timestamptz not null,
    procedure_code    text not null,
    definition_sha256 bytea not null references procedure.definition (sha256),
    answers           jsonb not null,
    facts             jsonb not null,
    unique (territory_id, year, number),
    unique (person, idempotency_key)
);
comment on table practice.practice is 'What was filed: never changed. What became of it, its events say.';
comment on column practice.practice.id is 'Random number, in its address.';
comment on column practice.practice.draft_id is 'The draft that it was.';
comment on column practice.practice.person is 'Who filed it.';
comment on column practice.practice.person_name is 'The name of who filed it, as it was then.';
comment on column practice.practice.idempotency_key is 'Key of the submission: sent again, it gives the same practice.';
comment on column practice.practice.body_sha256 is 'SHA-256 of what was submitted under the key.';
comment on column practice.practice.territory_id is 'The comune.';
comment on column practice.practice.year is 'Year of the register.';
comment on column practice.practice.number is 'Number in the register: without gap, without double.';
comment on column practice.practice.registered_at is 'Moment of the registration.';
comment on column practice.practice.procedure_code is 'Short code of the procedure.';
comment on column practice.practice.definition_sha256 is 'The text of the procedure that it follows.';
comment on column practice.practice.answers is 'The answers.';
comment on column practice.practice.facts is 'What the map said on that day, with versions.';
create index practice_of_person on practice.practice (person, registered_at desc);
create trigger practice_is_immutable before update or delete on practice.practice
    for each row execute function layer.refuse_change();

create table practice.parcel (
    practice_id  uuid not null references practice.practice (id),
    reference    text not null,
    area_m2      double precision,
    primary key (practice_id, reference)
);
comment on table practice.parcel is 'The parcels that a practice is about.';
comment on column practice.parcel.practice_id is 'The practice.';
comment on column practice.parcel.reference is 'National reference.';
comment on column practice.parcel.area_m2 is 'Area of the drawing on that day, m².';
create index practice_on_parcel on practice.parcel (reference);
create trigger parcel_is_immutable before update or delete on practice.parcel
    for each row execute function layer.refuse_change();

create table practice.file (
    practice_id  uuid not null references practice.practice (id),
    code         text not null,
    sha256       bytea not null check (length(sha256) = 32),
    name         text not null,
    media        text not null,
    bytes        bigint not null,
    primary key (practice_id, code)
);
comment on table practice.file is 'The documents that were filed.';
comment on column practice.file.practice_id is 'The practice.';
comment on column practice.file.code is 'Which document of the procedure.';
comment on column practice.file.sha256 is 'SHA-256 of its bytes.';
comment on column practice.file.name is 'Name that the file had.';
comment on column practice.file.media is 'Media type by its first bytes.';
comment on column practice.file.bytes is 'Size.';
create trigger file_is_immutable before update or delete on practice.file
    for each row execute function layer.refuse_change();

create table practice.event (
    practice_id  uuid not null references practice.practice (id),
    seq          integer not null check (seq > 0),
    kind         text not null,
    at           timestamptz not null,
    actor        text not null,
    actor_name   text not null,
    actor_role   text not null,
    content      text not null,
    salt         bytea not null check (length(salt) = 32),
    link         bigint not null unique references audit.link (position),
    primary key (practice_id, seq)
);
comment on table practice.event is 'What happened to a practice, in order; rows are only added.';
comment on column practice.event.practice_id is 'The practice.';
comment on column practice.event.seq is 'Counts from 1: two officers cannot act on the same state.';
comment on column practice.event.kind is 'What happened.';
comment on column practice.event.at is 'When.';
comment on column practice.event.actor is 'Who did it.';
comment on column practice.event.actor_name is 'Name of who did it.';
comment on column practice.event.actor_role is 'Role of who did it.';
comment on column practice.event.content is 'The event as JSON, exactly as it was hashed.';
comment on column practice.event.salt is 'Random bytes hashed with it: without them its content cannot be guessed from the hash.';
comment on column practice.event.link is 'Its place in the chain.';
create trigger event_is_immutable before update or delete on practice.event
    for each row execute function layer.refuse_change();
