-- with a as (select amount from orders) select count(*) as n from a
WITH "a" AS (
  SELECT
    "orders"."amount" AS "amount"
  FROM __governed_orders AS "orders"
)
SELECT
  COUNT(*) AS "n"
FROM "a" AS "a"
-- __governed_orders: amount
