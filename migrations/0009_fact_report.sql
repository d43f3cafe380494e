-- Reports of people who say that a fact is wrong. They may name a person: the schema person is
-- closed to the reader.

create table person.fact_report (
    id            bigint generated always as identity primary key,
    territory_id  bigint not null references place.territory (id),
    parcel        text check (length(parcel) between 1 and 40),
    lon           double precision check (lon between -180 and 180),
    lat           double precision check (lat between -90 and 90),
    layer         text check (length(layer) between 1 and 48),
    text          text not null check (length(text) between 1 and 2000),
    contact       text check (length(contact) between 1 and 200),
    evidence      jsonb not null,
    at            timestamptz not null default clock_timestamp(),
    check (parcel is not null or (lon is not null and lat is not null))
);
comment on table person.fact_report is 'Reports that a fact is wrong, with the facts as they were told at that moment. Rows are only added.';
comment on column person.fact_report.id is 'Number of the report.';
comment on column person.fact_report.territory_id is 'The comune that the place lies in.';
comment on column person.fact_report.parcel is 'National reference of the parcel that it is about.';
comment on column person.fact_report.lon is 'Longitude of the place that it is about, degrees.';
comment on column person.fact_report.lat is 'Latitude of the place that it is about, degrees.';
comment on column person.fact_report.layer is 'Layer that it is about; null for the whole answer.';
comment on column person.fact_report.text is 'What is wrong, in the words of who reports it.';
comment on column person.fact_report.contact is 'Where to answer, where the person wants an answer. Personal data.';
comment on column person.fact_report.evidence is 'The facts as they were told: versions, days, pieces.';
comment on column person.fact_report.at is 'When it arrived.';
create index fact_report_newest on person.fact_report (territory_id, id desc);

create table person.fact_report_answer (
    report_id  bigint primary key references person.fact_report (id),
    note       text not null check (length(note) between 1 and 2000),
    by         text not null,
    at         timestamptz not null default clock_timestamp()
);
comment on table person.fact_report_answer is 'What the office did about a report; a report without an answer is open.';
comment on column person.fact_report_answer.report_id is 'The report.';
comment on column person.fact_report_answer.note is 'What was done.';
comment on column person.fact_report_answer.by is 'Name of who answered.';
comment on column person.fact_report_answer.at is 'When it was answered.';
