-- select date_trunc('month', occurred_at) as m, count(*) as n from orders group by 1
SELECT
  DATE_TRUNC('MONTH', "orders"."occurred_at") AS "m",
  COUNT(*) AS "n"
FROM __governed_orders AS "orders"
GROUP BY
  DATE_TRUNC('MONTH', "orders"."occurred_at")
-- __governed_orders: occurred_at
