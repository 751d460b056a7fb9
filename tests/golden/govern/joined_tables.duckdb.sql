SELECT
  "t13"."channel",
  SUM("t13"."revenue") AS "r"
FROM (
  SELECT
    "t11"."channel",
    "t12"."revenue"
  FROM (
    SELECT
      "t8"."person_id",
      "t7"."channel"
    FROM (
      SELECT
        *
      FROM "governed"."orders" AS "t0"
      WHERE
        "t0"."purpose_set" IN (1, 3, 5)
        AND "t0"."occurred_at" >= MAKE_TIMESTAMP(2024, 1, 1, 0, 0, 0.0)
    ) AS "t7"
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
    ) AS "t8"
      ON "t7"."subject_id" = "t8"."subject_id"
  ) AS "t11"
  INNER JOIN (
    SELECT
      "t8"."person_id",
      "t6"."revenue"
    FROM (
      SELECT
        "t2"."person_id" AS "_held",
        "t2"."revenue",
        "t2"."score",
        "t2"."debt"
      FROM "governed"."variables__e518d4d03567769b" AS "t2"
    ) AS "t6"
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
    ) AS "t8"
      ON "t6"."_held" = "t8"."subject_id"
  ) AS "t12"
    ON "t11"."person_id" = "t12"."person_id"
) AS "t13"
GROUP BY
  1
