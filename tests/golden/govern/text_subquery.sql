-- select rank from members where person_id in (select person_id from orders where amount > 100)
SELECT
  "members"."rank" AS "rank"
FROM __governed_members AS "members"
WHERE
  "members"."person_id" IN (
    SELECT
      "orders"."person_id" AS "person_id"
    FROM __governed_orders AS "orders"
    WHERE
      "orders"."amount" > 100
  )
-- __governed_members: person_id, rank
-- __governed_orders: person_id, amount
