-- How the files of a part were read: the same files read in another way are another version.

alter table layer.part add column reading jsonb not null default '{}';
comment on column layer.part.reading is 'What the person who loaded said of the reading: driver, layer, CRS, encoding, mapping; what is not there was told by the files or the definition.';
