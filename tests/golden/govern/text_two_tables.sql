-- select o.amount, v.revenue from orders o join variables v using (person_id)
SELECT
  "o"."amount" AS "amount",
  "v"."revenue" AS "revenue"
FROM __governed_orders AS "o"
JOIN __governed_variables AS "v"
  ON "o"."person_id" = "v"."person_id"
-- __governed_orders: person_id, amount
-- __governed_variables: person_id, revenue
