-- Copies of customers that hold more than theirs (@customer, @quota), the first to go first, a customer's until it holds what it may.
select asset_id from unnest(@customer, @quota) as q(customer, quota)
cross join lateral (
  select asset_id, worth, sum(bytes) over (order by worth desc, asset_id) as held from (
    select c.asset_id, c.bytes, keep_score(a.heat, c.copied_at, c.bytes) as worth
    from copy c join asset a on a.id = c.asset_id
    where c.asset_id > id_prefix(q.customer, null) and c.asset_id < id_after(q.customer, null)) all_of_it) ranked
where held > quota
order by worth, asset_id
limit @n
