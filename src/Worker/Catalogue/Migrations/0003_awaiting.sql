-- Ingests that were announced, and are waited for (Dlcs/AwaitStage).

-- The newest event about the bytes only announced an ingest.
alter table asset add column announced boolean not null default false;

alter table plan
  -- Time of the announcement: the deadline counts from it.
  add column awaited_since timestamptz,
  -- What the source was at the first look since.
  add column baseline text;
