-- select count(*) from orders
SELECT
  COUNT(*) AS "count"
FROM __governed_orders AS "orders"
-- __governed_orders: _
