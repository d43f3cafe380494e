-- The coordinate systems of sheets of the cadastral map. Rows are only added: the newest of a
-- comune, section, sheet and part counts.

create table place.sheet_system (
    sheet_system_id bigint generated always as identity primary key,
    comune          text not null check (comune ~ '^[A-Z][0-9]{3}$'),
    sezione         text check (sezione ~ '^[A-Z_]$'),
    foglio          integer check (foglio between 0 and 9999),
    part            text check (part ~ '^[A-Z0-9]{2}$'),
    system          text check (system <> ''),
    matrix          double precision[] not null check (cardinality(matrix) = 4),
    shift_e         double precision not null,
    shift_n         double precision not null,
    method          text not null check (method in ('set', 'helmert', 'affine')),
    source          text not null,
    residual_m      double precision check (residual_m >= 0),
    points          jsonb not null,
    set_at          timestamptz not null default clock_timestamp(),
    set_by          text not null
);
comment on table place.sheet_system is 'In which coordinate system a sheet of the cadastral map is, with the correction that makes it fit.';
comment on column place.sheet_system.sheet_system_id is 'Number of the row; of several the largest counts.';
comment on column place.sheet_system.comune is 'Cadastral code of the comune.';
comment on column place.sheet_system.sezione is 'Census section, _ for none; null: all.';
comment on column place.sheet_system.foglio is 'Number of the sheet; null: all.';
comment on column place.sheet_system.part is 'Annex and development, such as A0; null: all.';
comment on column place.sheet_system.system is 'EPSG code (EPSG:3003) or PROJ string; null: what was said before no longer holds.';
comment on column place.sheet_system.matrix is 'xx, xy, yx, yy: the corrected east is xx·E + xy·N + shift_e, north is yx·E + yy·N + shift_n.';
comment on column place.sheet_system.shift_e is 'Metres added to the east.';
comment on column place.sheet_system.shift_n is 'Metres added to the north.';
comment on column place.sheet_system.method is 'How the correction was found: set by hand, helmert or affine fitted to points.';
comment on column place.sheet_system.source is 'Where it comes from, in words.';
comment on column place.sheet_system.residual_m is 'Root mean square of what is left at the points, in metres.';
comment on column place.sheet_system.points is 'The points of the fit with what is left at each.';
comment on column place.sheet_system.set_at is 'When it was recorded.';
comment on column place.sheet_system.set_by is 'Who recorded it.';
create index sheet_system_comune on place.sheet_system (comune, sheet_system_id);
