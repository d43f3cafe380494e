-- Which comuni of the national cadastre's archives were loaded, so that the next delivery skips
-- what has not changed. Rows are only added.

create table layer.national_member (
    national_member_id bigint generated always as identity primary key,
    comune             text not null check (comune ~ '^[A-Z][0-9]{3}$'),
    name               text not null,
    sha256             bytea not null check (length(sha256) = 32),
    definition_sha256  bytea not null check (length(definition_sha256) = 32),
    published          boolean not null,
    loaded_at          timestamptz not null default clock_timestamp(),
    loaded_by          text not null
);
comment on table layer.national_member is 'Comuni that were loaded from an archive of the national open cadastre.';
comment on column layer.national_member.national_member_id is 'Number of the row; the largest of a comune is what it has now.';
comment on column layer.national_member.comune is 'Cadastral code of the comune.';
comment on column layer.national_member.name is 'Path of the member in the archive.';
comment on column layer.national_member.sha256 is 'SHA-256 of the member as the archive holds it.';
comment on column layer.national_member.definition_sha256 is 'SHA-256 over the definitions of the layers that it filled: with another one it is loaded anew.';
comment on column layer.national_member.published is 'Whether it was put into force.';
comment on column layer.national_member.loaded_at is 'When it was loaded.';
comment on column layer.national_member.loaded_by is 'Who loaded it.';
create index national_member_comune on layer.national_member (comune, national_member_id);
