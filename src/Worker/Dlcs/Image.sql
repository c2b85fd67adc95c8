select i."Ingesting", i."Finished"::timestamptz, coalesce(i."Error", ''), coalesce(l."S3", ''),
       not i."NotForDelivery" and exists (select from "ImageDeliveryChannels" c where c."ImageId" = i."Id" and c."Channel" = 'iiif-img')
from "Images" i
left join "ImageLocation" l on l."Id" = i."Id"
where i."Id" = @id
