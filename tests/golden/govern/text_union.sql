-- select amount from orders union all select revenue from variables
SELECT
  "orders"."amount" AS "amount"
FROM __governed_orders AS "orders"
UNION ALL
SELECT
  "variables"."revenue" AS "revenue"
FROM __governed_variables AS "variables"
-- __governed_orders: amount
-- __governed_variables: revenue
