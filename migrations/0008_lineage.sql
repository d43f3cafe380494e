-- What became of the features of one part in the next.

create table layer.lineage (
    id           bigint generated always as identity primary key,
    old_part     bigint not null references layer.part (id),
    new_part     bigint not null references layer.part (id),
    kind         text not null check (kind in ('split', 'merge', 'rearrangement', 'renumbering',
                     'boundary_change', 'created', 'suppressed')),
    predecessor  text,
    successor    text,
    shared_m2    double precision not null check (shared_m2 >= 0),
    confidence   double precision not null check (confidence between 0 and 1),
    at           timestamptz not null default clock_timestamp(),
    check (num_nonnulls(predecessor, successor) > 0),
    check (old_part <> new_part)
);
comment on table layer.lineage is 'Predecessors and successors of parcels between two parts of their layer, found by key and by shared area when the second was published.';
comment on column layer.lineage.id is 'Number of the row.';
comment on column layer.lineage.old_part is 'The part before.';
comment on column layer.lineage.new_part is 'The part after.';
comment on column layer.lineage.kind is 'split; merge; rearrangement: several became several; renumbering: the same outline under another key; boundary_change: the same key, another outline; created; suppressed.';
comment on column layer.lineage.predecessor is 'Key in the part before; null for what is new.';
comment on column layer.lineage.successor is 'Key in the part after; null for what is gone.';
comment on column layer.lineage.shared_m2 is 'Area that both share, in square metres of the storage CRS.';
comment on column layer.lineage.confidence is 'From 0 to 1: the part of the larger side of its group that both sides share.';
comment on column layer.lineage.at is 'When it was found out.';
create index lineage_of_parts on layer.lineage (old_part, new_part);
create index lineage_of_predecessor on layer.lineage (predecessor);
create index lineage_of_successor on layer.lineage (successor);
create trigger lineage_is_immutable before update or delete on layer.lineage
    for each row execute function layer.refuse_change();
