-- Tables of which the planner thinks that they are a fifth of what they are, or less: it multiplies the pages there are by the rows a page had at the last
-- vacuum, which is none for a queue that was empty then. Only such as this user may have analysed.
select format('%I.%I', s.schemaname, s.relname)
from pg_stat_user_tables s join pg_class c on c.oid = s.relid
where s.schemaname = current_schema() and c.relkind = 'r' and pg_has_role(c.relowner, 'usage') and c.relpages > 0 and s.n_live_tup > 500
  and s.n_live_tup > 5 * greatest(c.reltuples, 0) / c.relpages * (pg_relation_size(c.oid) / current_setting('block_size')::int)
