-- Who may see what of practices: duties, mandates, and row-level security underneath the program.

-- --- Who people are, and what they do for the office

alter table person.session drop constraint session_role_check;
alter table person.session add constraint session_role_check
    check (role in ('citizen', 'gis_clerk', 'officer', 'administrator'));

create table person.subject (
    person      text primary key,
    name        text not null,
    tax_code    text,
    issuer      text,
    issuer_key  text,
    seen_at     timestamptz not null default now(),
    unique (issuer, issuer_key)
);
comment on table person.subject is 'People who signed in: personal data, read by nobody but themselves and administrators.';
comment on column person.subject.person is 'Who it is, the same in every session and practice; random, or demo: and a word.';
comment on column person.subject.name is 'Name, as the identity provider said it last.';
comment on column person.subject.tax_code is 'Tax code, as the identity provider said it last.';
comment on column person.subject.issuer is 'The identity provider; none for the identities of a demonstration.';
comment on column person.subject.issuer_key is 'The name (sub) that the provider has for the person.';
comment on column person.subject.seen_at is 'When the person last signed in.';
create unique index subject_by_tax_code on person.subject (tax_code);
-- The name of a person changes with what the provider says.
grant update on person.subject to mappale_writer;

create table person.duty (
    duty_id       bigint generated always as identity primary key,
    person        text not null references person.subject (person),
    territory_id  bigint references place.territory (id),
    office        text,
    role          text not null check (role in ('officer', 'gis_clerk', 'administrator')),
    deputy_of     text references person.subject (person),
    since         timestamptz not null default now(),
    until         timestamptz,
    ended_at      timestamptz,
    given_by      text not null
);
comment on table person.duty is 'What somebody does for a comune: it begins, and it ends at once when it is ended.';
comment on column person.duty.duty_id is 'Number of the duty.';
comment on column person.duty.person is 'Who.';
comment on column person.duty.territory_id is 'For which comune; none for all of this installation.';
comment on column person.duty.office is 'For which office, by its code; none for all of the comune.';
comment on column person.duty.role is 'officer, gis_clerk or administrator.';
comment on column person.duty.deputy_of is 'Whose place is taken, for a deputy.';
comment on column person.duty.since is 'From when.';
comment on column person.duty.until is 'Until when, where that is known before.';
comment on column person.duty.ended_at is 'When it was ended; none while it lasts.';
comment on column person.duty.given_by is 'Who gave it.';
create index duty_of_person on person.duty (person);
create unique index duty_once on person.duty
    (person, coalesce(territory_id, 0), coalesce(office, ''), role) where ended_at is null;
-- A duty is ended; it is never taken out.
grant update (ended_at) on person.duty to mappale_writer;

create table person.mandate (
    mandate_id    bigint generated always as identity primary key,
    grantor       text not null references person.subject (person),
    on_behalf     text,
    company_code  text,
    agent_tax_code text not null,
    may_submit    boolean not null,
    procedure_code text,
    given_at      timestamptz not null default now(),
    valid_until   date not null,
    revoked_at    timestamptz
);
comment on table person.mandate is 'Mandates: somebody acts for somebody else, within a scope, until a day, unless revoked.';
comment on column person.mandate.mandate_id is 'Number of the mandate.';
comment on column person.mandate.grantor is 'Who gives it.';
comment on column person.mandate.on_behalf is 'Name of the company for which it is given; none for the grantor alone.';
comment on column person.mandate.company_code is 'Tax code or VAT number of that company.';
comment on column person.mandate.agent_tax_code is 'Tax code of who may act: known before they first sign in.';
comment on column person.mandate.may_submit is 'Whether the agent may also submit, or only fill in and follow.';
comment on column person.mandate.procedure_code is 'The only procedure that it is for; none for all.';
comment on column person.mandate.given_at is 'When it was given.';
comment on column person.mandate.valid_until is 'Last day on which it holds.';
comment on column person.mandate.revoked_at is 'When it was revoked.';
create index mandate_of_grantor on person.mandate (grantor);
create index mandate_of_agent on person.mandate (agent_tax_code);
-- A mandate is revoked; it is never taken out.
grant update (revoked_at) on person.mandate to mappale_writer;

alter table person.session add column mandate_id bigint references person.mandate (mandate_id);
comment on column person.session.mandate_id is 'The mandate under which the person acts at present; none when they act for themselves.';
alter table person.session add column assurance text;
comment on column person.session.assurance is 'Level of assurance (acr) that the identity provider told.';
grant update (mandate_id) on person.session to mappale_writer;

-- --- What the transaction knows of who asks

create function practice.viewer() returns text language sql stable
    return coalesce(nullif(current_setting('mappale.viewer', true), ''), 'anonymous');
comment on function practice.viewer() is 'Role of who asks, as the program has set it in this transaction: anonymous when it has not.';

create function practice.person() returns text language sql stable
    return nullif(current_setting('mappale.person', true), '');
comment on function practice.person() is 'Who asks, or for whom they act.';

create function practice.linked() returns uuid language sql stable
    return nullif(current_setting('mappale.practice', true), '')::uuid;
comment on function practice.linked() is 'The practice that a link leads to, for who has nothing but the link.';

create function practice.agent() returns text language sql stable
    return nullif(current_setting('mappale.agent', true), '');
comment on function practice.agent() is 'Who really asks: a person''s duties are theirs, not those of whom they act for.';

create function practice.territories() returns bigint[] language sql stable
    return (
        select coalesce(array_agg(coalesce(territory_id, 0)), '{}')
          from person.duty
         where person = practice.agent() and role = 'officer' and ended_at is null
           and since <= now() and (until is null or until > now())
           and practice.viewer() = 'officer'
    );
comment on function practice.territories() is 'Comuni whose practices an officer handles; 0 stands for all.';

grant execute on function practice.viewer(), practice.person(), practice.agent(),
    practice.linked(), practice.territories() to mappale_writer;

-- --- Row-level security: the program's role sees what the one who asks may see

alter table practice.practice enable row level security;
create policy seen on practice.practice for select to mappale_writer using (
    (select practice.viewer()) = 'system'
    or person = (select practice.person())
    or id = (select practice.linked())
    or territory_id = any ((select practice.territories())::bigint[])
    or 0 = any ((select practice.territories())::bigint[])
);
create policy filed on practice.practice for insert to mappale_writer with check (
    (select practice.viewer()) = 'system'
    or person = (select practice.person())
    or territory_id = any ((select practice.territories())::bigint[])
    or 0 = any ((select practice.territories())::bigint[])
);

alter table practice.draft enable row level security;
create policy own on practice.draft for all to mappale_writer using (
    (select practice.viewer()) = 'system' or person = (select practice.person())
);

alter table practice.draft_file enable row level security;
create policy of_own on practice.draft_file for all to mappale_writer using (
    exists (select from practice.draft where draft.id = draft_id)
);

alter table practice.parcel enable row level security;
create policy of_seen on practice.parcel for all to mappale_writer using (
    (select practice.viewer()) = 'system'
    or exists (select from practice.practice where practice.id = practice_id)
);

alter table practice.file enable row level security;
create policy of_seen on practice.file for all to mappale_writer using (
    (select practice.viewer()) = 'system'
    or exists (select from practice.practice where practice.id = practice_id)
);

alter table practice.event enable row level security;
create policy of_seen on practice.event for all to mappale_writer using (
    (select practice.viewer()) = 'system'
    or exists (select from practice.practice where practice.id = practice_id)
);

alter table practice.receipt enable row level security;
create policy of_seen on practice.receipt for all to mappale_writer using (
    (select practice.viewer()) = 'system'
    or exists (select from practice.practice where practice.id = practice_id)
);

-- --- Who looked at whose data

create table audit.access (
    access_id    bigint generated always as identity primary key,
    at           timestamptz not null default now(),
    person       text not null,
    name         text not null,
    role         text not null,
    practice_id  uuid,
    what         text not null
);
comment on table audit.access is 'Journal: who saw personal data, of which practice. Rows are only added.';
comment on column audit.access.access_id is 'Number of the entry.';
comment on column audit.access.at is 'When.';
comment on column audit.access.person is 'Who looked.';
comment on column audit.access.name is 'Name of who looked.';
comment on column audit.access.role is 'Role in which they looked.';
comment on column audit.access.practice_id is 'The practice; none for lists.';
comment on column audit.access.what is 'What was shown: dossier, document:code, people.';
create index access_to_practice on audit.access (practice_id, at desc);
create trigger access_is_immutable before update or delete on audit.access
    for each row execute function layer.refuse_change();
