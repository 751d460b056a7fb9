WITH "t4" AS (
  SELECT
    *
  FROM (
    SELECT
      "t0"."person_id",
      "t0"."valid_from",
      "t0"."email" AS "value__email",
      -1 AS "preference__email",
      "t0"."first_name" AS "value__first_name",
      "t0"."email" AS "value__usual_email",
      0 AS "preference__usual_email"
    FROM "crm" AS "t0"
    WHERE
      "t0"."person_id" IS NOT NULL
      AND "t0"."valid_from" <= MAKE_TIMESTAMP(2011, 12, 10, 0, 0, 0.0)
      AND (
        (
          "t0"."valid_to" IS NULL
        )
        OR (
          "t0"."valid_to" > MAKE_TIMESTAMP(2011, 12, 10, 0, 0, 0.0)
        )
      )
  ) AS "t2"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t1"."person_id",
      "t1"."valid_from",
      "t1"."email" AS "value__email",
      0 AS "preference__email",
      CAST(NULL AS TEXT) AS "value__first_name",
      "t1"."email" AS "value__usual_email",
      -1 AS "preference__usual_email"
    FROM "club" AS "t1"
    WHERE
      "t1"."person_id" IS NOT NULL
      AND "t1"."valid_from" <= MAKE_TIMESTAMP(2011, 12, 10, 0, 0, 0.0)
      AND (
        (
          "t1"."valid_to" IS NULL
        )
        OR (
          "t1"."valid_to" > MAKE_TIMESTAMP(2011, 12, 10, 0, 0, 0.0)
        )
      )
  ) AS "t3"
)
SELECT
  "t8"."person_id",
  "t8"."email",
  "t8"."first_name",
  "t11"."usual_email"
FROM (
  SELECT
    "t5"."person_id",
    (
      MAX(
        {'valid_from': "t5"."valid_from", 'preference': "t5"."preference__email", 'value': "t5"."value__email"}
      ) FILTER(WHERE
        "t5"."value__email" IS NOT NULL)
    )."value" AS "email",
    (
      MAX(
        {'length': LENGTH("t5"."value__first_name"), 'valid_from': "t5"."valid_from", 'value': "t5"."value__first_name"}
      ) FILTER(WHERE
        "t5"."value__first_name" IS NOT NULL)
    )."value" AS "first_name"
  FROM "t4" AS "t5"
  GROUP BY
    1
) AS "t8"
LEFT OUTER JOIN (
  SELECT
    "t9"."person_id",
    (
      MAX(
        {'times': "t9"."times", 'latest': "t9"."latest", 'value': "t9"."value__usual_email"}
      )
    )."value" AS "usual_email"
  FROM (
    SELECT
      "t6"."person_id",
      "t6"."value__usual_email",
      COUNT(*) AS "times",
      MAX({'valid_from': "t6"."valid_from", 'preference': "t6"."preference__usual_email"}) AS "latest"
    FROM (
      SELECT
        *
      FROM "t4" AS "t5"
      WHERE
        "t5"."value__usual_email" IS NOT NULL
    ) AS "t6"
    GROUP BY
      1,
      2
  ) AS "t9"
  GROUP BY
    1
) AS "t11"
  ON "t8"."person_id" = "t11"."person_id"
