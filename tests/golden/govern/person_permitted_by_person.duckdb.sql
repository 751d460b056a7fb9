SELECT
  *
FROM (
  SELECT
    "t5"."person_id",
    "t3"."rank"
  FROM (
    SELECT
      "t0"."person_id" AS "_held",
      "t0"."rank",
      "t0"."city"
    FROM "governed"."members" AS "t0"
  ) AS "t3"
  INNER JOIN (
    SELECT
      "t1"."subject_id",
      "t1"."person_id"
    FROM "governed"."mapping" AS "t1"
    WHERE
      "t1"."until__analytics" > MAKE_TIMESTAMP(2026, 1, 1, 0, 0, 0.0)
      AND NOT (
        "t1"."restricted"
      )
  ) AS "t5"
    ON "t3"."_held" = "t5"."subject_id"
) AS "t6"
