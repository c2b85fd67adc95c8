-- What a worker did, in the span of ten seconds that it is now by PostgreSQL's clock, which is the same for all workers.
insert into throughput as t (at, worker, events, copies, bytes, warm_requests, purges, evictions, failures)
values (date_bin('10 seconds', now(), 'epoch'), @worker, @events, @copies, @bytes, @warm_requests, @purges, @evictions, @failures)
on conflict (at, worker) do update set
  events = t.events + excluded.events, copies = t.copies + excluded.copies, bytes = t.bytes + excluded.bytes, warm_requests = t.warm_requests + excluded.warm_requests,
  purges = t.purges + excluded.purges, evictions = t.evictions + excluded.evictions, failures = t.failures + excluded.failures
