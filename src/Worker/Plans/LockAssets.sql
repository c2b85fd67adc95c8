-- Before Plans/LockPlans, where a settlement may write to assets: assets are locked before plans, as everywhere.
select from asset a where a.id = any(@asset_id) order by a.id for update
