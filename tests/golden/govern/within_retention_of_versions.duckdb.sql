SELECT
  *
FROM (
  SELECT
    "t5"."first_name"
  FROM (
    SELECT
      *
    FROM "governed"."people" AS "t0"
    WHERE
      "t0"."purpose_set" IN (1, 3, 5)
      AND (
        (
          "t0"."valid_to" IS NULL
        )
        OR (
          "t0"."valid_to" >= MAKE_TIMESTAMP(2024, 1, 1, 0, 0, 0.0)
        )
      )
  ) AS "t5"
  INNER JOIN (
    SELECT
      "t1"."subject_id",
      "t1"."person_id"
    FROM "governed"."mapping" AS "t1"
    WHERE
      "t1"."until__news" > MAKE_TIMESTAMP(2026, 1, 1, 0, 0, 0.0)
      AND NOT (
        "t1"."restricted"
      )
  ) AS "t4"
    ON "t5"."subject_id" = "t4"."subject_id"
) AS "t6"
