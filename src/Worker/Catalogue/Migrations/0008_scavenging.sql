-- Which copies go first: Scavenging/Policies/ByWorth in SQL. Tests hold the two against each other.

-- How much an asset is used: log2 of the sum of 2^(time of use in half-lives of 10 days). It grows with a use and never else.
create function heat_after(heat float8, at timestamptz, weight float8) returns float8 language sql immutable parallel safe as $$
  select greatest(heat, date_part('epoch', at - timestamptz 'epoch') / 864000 + ln(weight) / ln(2))
    -- Numbers that are too small are an error for PostgreSQL; 2^-60 adds nothing to 1.
    + ln(1 + power(2, -least(abs(coalesce(heat, '-infinity') - date_part('epoch', at - timestamptz 'epoch') / 864000 - ln(weight) / ln(2)), 60))) / ln(2)
$$;

-- What a copy is worth: the seconds that it spares, by each of its bytes. One that nobody has used since it was made counts as a quarter of a use.
create function keep_score(heat float8, copied_at timestamptz, bytes bigint) returns float8 language sql immutable parallel safe as $$
  select greatest(heat, date_part('epoch', copied_at - timestamptz 'epoch') / 864000 - 2) + ln((0.15 + bytes / 200e6::float8) / greatest(bytes, 1)) / ln(2)
$$;

-- Stays when the copy goes: what comes back needn't prove itself again.
alter table asset add column heat float8;
-- Of the uses so far only the last one's time is known.
update asset set heat = heat_after(null, used_at, 1) where used_at is not null;

-- The lowest goes first. Written when the copy is made, not when it is used: an index entry for every hit would be dear. So it may be below keep_score of
-- the asset's heat, never above; whoever takes the lowest puts them right (Scavenging/Lowest.sql).
alter table copy add column score float8 not null default '-infinity';
update copy c set score = keep_score(a.heat, c.copied_at, c.bytes) from asset a where a.id = c.asset_id;
create index copy_score on copy (score, asset_id);
