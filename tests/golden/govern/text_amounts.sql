-- select amount from orders where channel = 'web'
SELECT
  "orders"."amount" AS "amount"
FROM __governed_orders AS "orders"
WHERE
  "orders"."channel" = 'web'
-- __governed_orders: amount, channel
