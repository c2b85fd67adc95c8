-- Settles evictions that didn't happen: the copy stays, and what was learnt of its use counts.
with done as (
  select * from unnest(@asset_id, @attempt, @generation, @stage, @why, @used_at) as d(asset_id, attempt, generation, stage, why, used_at)
),
mine as (
  select d.*, p.customer, p.generation > d.generation or p.stage <> d.stage as again
  from done d join plan p on p.asset_id = d.asset_id and p.attempt = d.attempt and p.worker is not null and p.asset_id = any(@asset_id)
  order by d.asset_id
  for update of p
),
finished as (
  delete from plan p using mine m where p.asset_id = m.asset_id and p.asset_id = any(@asset_id) and not m.again
),
again as (
  update plan p set worker = null, due_at = now(), reserved = 0, attempts = 0, fault = null, reason = null, formers = '{}'
  from mine m where p.asset_id = m.asset_id and p.asset_id = any(@asset_id) and m.again
),
learnt as (
  update asset a set used_at = greatest(a.used_at, m.used_at), heat = heat_after(a.heat, least(m.used_at, now()), 1)
  from mine m where a.id = m.asset_id and m.used_at is not null
),
recorded as (
  -- Each at its own time.
  insert into recorded_use (at, assets) select least(used_at, now()), array[asset_id] from mine where used_at is not null and @record
),
worth as (
  insert into worth_news (customer, what, step, n)
  select m.customer, v.what, v.step, count(*)
  from mine m join copy c on c.asset_id = m.asset_id join asset a on a.id = m.asset_id
  cross join lateral (values
    ('hit', 0::smallint, true), ('early', lead_step(least(m.used_at, now()) - c.copied_at), c.ahead and (a.used_at is null or a.used_at < c.copied_at))) as v(what, step, counts)
  where m.used_at is not null and v.counts
  group by m.customer, v.what, v.step
),
told as (
  insert into history (asset_id, what, detail) select asset_id, 'kept', why from mine
)
select attempt, case when again then pg_notify('understudy_due', '') end from mine
