-- Sessions of people who signed in. Tokens are stored as hashes only.

create table person.session (
    token_sha256  bytea primary key check (length(token_sha256) = 32),
    name          text not null,
    role          text not null check (role in ('citizen', 'gis_clerk', 'officer')),
    demonstration boolean not null,
    created_at    timestamptz not null default now(),
    expires_at    timestamptz not null check (expires_at > created_at)
);
comment on table person.session is 'Sessions: a random token of 256 bits in a cookie, its SHA-256 here.';
comment on column person.session.demonstration is 'True for the fixed identities of serve --demo; any other server ignores such sessions.';
grant select, insert, delete on person.session to mappale_writer;
create index session_expiry on person.session (expires_at);
comment on column person.session.token_sha256 is 'SHA-256 of the token in the cookie.';
comment on column person.session.name is 'Name to show; invented for demonstration identities.';
comment on column person.session.role is 'citizen, gis_clerk or officer.';
comment on column person.session.created_at is 'When the person signed in.';
comment on column person.session.expires_at is 'When the session ends by itself.';
