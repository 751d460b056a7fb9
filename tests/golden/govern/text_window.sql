-- select amount, row_number() over (partition by person_id order by occurred_at) as n from orders
SELECT
  "orders"."amount" AS "amount",
  ROW_NUMBER() OVER (PARTITION BY "orders"."person_id" ORDER BY "orders"."occurred_at") AS "n"
FROM __governed_orders AS "orders"
-- __governed_orders: person_id, amount, occurred_at
