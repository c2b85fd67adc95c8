-- The last asset that ListAssets looked at, if there were as many as it looks at.
select a.id from asset a
where a.id > @after and a.id >= @from and (@to::text is null or a.id < @to)
  and (@space::int is null or a.space = @space)
order by a.id
offset @looks - 1 limit 1
