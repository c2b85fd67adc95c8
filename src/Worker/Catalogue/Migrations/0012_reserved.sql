-- Kept free for another branch; goes when its migration comes.
select 1;
