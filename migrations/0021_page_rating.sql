-- How clear people find the pages (the feedback component of the national design system). Not tied
-- to a person; a note may name one, so the schema is the one that is closed to the reader.

create table person.page_rating (
    rating_id     bigint generated always as identity primary key,
    territory_id  bigint not null references place.territory (id),
    page          text not null check (length(page) between 1 and 60),
    stars         smallint not null check (stars between 1 and 5),
    token         text not null unique check (length(token) = 32),
    at            timestamptz not null default clock_timestamp()
);
comment on table person.page_rating is 'How clear people find pages, one to five. Rows are only added.';
comment on column person.page_rating.rating_id is 'Number of the rating.';
comment on column person.page_rating.territory_id is 'The comune whose page it is.';
comment on column person.page_rating.page is 'Kind of page, such as /particella: never a whole address.';
comment on column person.page_rating.stars is 'One (not clear at all) to five.';
comment on column person.page_rating.token is 'Random word by which whoever rated may say why.';
comment on column person.page_rating.at is 'When.';
create index page_rating_pages on person.page_rating (territory_id, page);

create table person.page_rating_detail (
    rating_id  bigint primary key references person.page_rating (rating_id),
    reason     text check (reason in ('clear', 'complete', 'procedure', 'technical', 'other')),
    note       text check (length(note) between 1 and 200),
    at         timestamptz not null default clock_timestamp()
);
comment on table person.page_rating_detail is 'Why a page was rated so.';
comment on column person.page_rating_detail.rating_id is 'The rating.';
comment on column person.page_rating_detail.reason is 'What was clear, or what was not: the answers of the component.';
comment on column person.page_rating_detail.note is 'In the words of who rated.';
comment on column person.page_rating_detail.at is 'When.';
