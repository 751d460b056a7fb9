-- select first_name, visits from people where valid_to is null
SELECT
  "people"."first_name" AS "first_name",
  "people"."visits" AS "visits"
FROM __governed_people AS "people"
WHERE
  "people"."valid_to" IS NULL
-- __governed_people: first_name, visits, valid_to
