SELECT
  *
FROM (
  SELECT
    "t4"."amount"
  FROM (
    SELECT
      *
    FROM "governed"."orders" AS "t0"
    WHERE
      "t0"."purpose_set" IN (1, 2)
      AND "t0"."occurred_at" >= MAKE_TIMESTAMP(2025, 7, 1, 0, 0, 0.0)
  ) AS "t4"
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
    ON "t4"."subject_id" = "t5"."subject_id"
) AS "t6"
