-- Zoning certificates that were issued, and the files that belong to them. Rows are only added.

create schema document;
comment on schema document is 'Documents that the office issued.';
revoke all on schema document from public;
grant usage on schema document to mappale_writer;

create table document.certificate (
    certificate_id bigint generated always as identity primary key,
    code           text not null unique check (code ~ '^[0-9A-HJKMNP-TV-Z]{20}$'),
    territory_id   bigint not null references place.territory,
    issued_at      timestamptz not null,
    valid_until    date not null,
    content        text not null,
    content_sha256 bytea not null check (length(content_sha256) = 32),
    applicant      text,
    issued_by      text not null
);
comment on table document.certificate is 'Zoning certificates (DPR 380/2001 art. 30) as they were issued.';
comment on column document.certificate.certificate_id is 'Number of the certificate.';
comment on column document.certificate.code is 'Verification code: 100 random bits. Whoever has it holds the certificate.';
comment on column document.certificate.territory_id is 'The comune that issued it.';
comment on column document.certificate.issued_at is 'Moment of issue, printed on it.';
comment on column document.certificate.valid_until is 'Last day of its validity, if the plan does not change before.';
comment on column document.certificate.content is 'The JSON that is attached to the PDF, byte for byte; it names no person.';
comment on column document.certificate.content_sha256 is 'SHA-256 of the content.';
comment on column document.certificate.applicant is 'Who asked, as printed: personal data, never in what the program publishes.';
comment on column document.certificate.issued_by is 'Who issued it: an office or the name of a session.';
create index certificate_issued on document.certificate (territory_id, issued_at);

create table document.certificate_file (
    certificate_id bigint not null references document.certificate,
    kind           text not null check (kind in ('draft', 'signed')),
    sha256         bytea not null check (length(sha256) = 32),
    bytes          bigint not null check (bytes > 0),
    content        bytea,
    added_at       timestamptz not null,
    added_by       text not null,
    primary key (certificate_id, sha256)
);
comment on table document.certificate_file is 'The PDF files of a certificate: the draft as printed, and the file that was signed.';
comment on column document.certificate_file.certificate_id is 'The certificate.';
comment on column document.certificate_file.kind is 'draft: what the program printed; signed: what the officer signed and registered.';
comment on column document.certificate_file.sha256 is 'SHA-256 of the file.';
comment on column document.certificate_file.bytes is 'Size of the file.';
comment on column document.certificate_file.content is 'The file; none for a signed one, which is kept by the register.';
comment on column document.certificate_file.added_at is 'When it was added.';
comment on column document.certificate_file.added_by is 'Who added it: an office or the name of a session.';

create table document.certificate_parcel (
    certificate_id bigint not null references document.certificate,
    place          integer not null check (place > 0),
    reference      text not null,
    primary key (certificate_id, place)
);
comment on table document.certificate_parcel is 'The parcels of a certificate.';
comment on column document.certificate_parcel.certificate_id is 'The certificate.';
comment on column document.certificate_parcel.place is 'Place in the order of printing, from 1.';
comment on column document.certificate_parcel.reference is 'National cadastral reference.';
create index certificate_parcel_reference on document.certificate_parcel (reference);

grant select, insert on document.certificate, document.certificate_file, document.certificate_parcel
    to mappale_writer;
