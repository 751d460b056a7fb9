-- select (select max(v.revenue) from variables v where v.person_id = m.person_id) as r from members m
SELECT
  (
    SELECT
      MAX("v"."revenue") AS "_col_0"
    FROM __governed_variables AS "v"
    WHERE
      "v"."person_id" = "m"."person_id"
  ) AS "r"
FROM __governed_members AS "m"
-- __governed_members: person_id
-- __governed_variables: person_id, revenue
