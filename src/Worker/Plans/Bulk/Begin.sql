-- Asks for dead plans to be tried again, or dropped.
insert into plan_action (what, lane, stage, fault, customer, reason, force, requested_by, total)
select @what, @lane, @stage, @fault, @customer, @reason, @force, @by,
  (select count(*) from plan p where p.dead_at is not null and plan_matches(p, @lane, @stage, @fault, @customer, @reason))
returning id
