-- select person_id, sum(amount) as spent from orders group by all order by spent desc limit 3
SELECT
  "orders"."person_id" AS "person_id",
  SUM("orders"."amount") AS "spent"
FROM __governed_orders AS "orders"
GROUP BY ALL
ORDER BY
  "spent" DESC
LIMIT 3
-- __governed_orders: person_id, amount
