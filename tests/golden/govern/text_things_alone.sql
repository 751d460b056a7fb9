-- select group_name, avg(price) as price from things group by 1
SELECT
  "things"."group_name" AS "group_name",
  AVG("things"."price") AS "price"
FROM __governed_things AS "things"
GROUP BY
  "things"."group_name"
-- __governed_things: group_name, price
