-- select count(*) from orders
SELECT
  COUNT(*) AS "_col_0"
FROM __governed_orders AS "orders"
-- __governed_orders: _
