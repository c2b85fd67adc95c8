-- A page of a batch's assets that are worth having a copy of, by id.
select i."Id", l."S3"
from "Images" i
join "ImageLocation" l on l."Id" = i."Id"
where i."Batch" = @batch and i."Customer" = @customer and i."Id" > @after
  and not i."NotForDelivery" and l."S3" <> ''
  and exists (select from "ImageDeliveryChannels" c where c."ImageId" = i."Id" and c."Channel" = 'iiif-img')
order by i."Id"
limit @limit
