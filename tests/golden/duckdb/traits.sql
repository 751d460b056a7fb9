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
), "t7" AS (
  SELECT
    "t5"."person_id",
    COUNT(*) AS "_times",
    MIN("t5"."value__email") AS "email",
    MIN("t5"."value__first_name") AS "first_name",
    MIN("t5"."value__usual_email") AS "usual_email"
  FROM "t4" AS "t5"
  GROUP BY
    1
), "t12" AS (
  SELECT
    "t6"."person_id",
    "t6"."valid_from",
    "t6"."value__email",
    "t6"."preference__email",
    "t6"."value__first_name",
    "t6"."value__usual_email",
    "t6"."preference__usual_email"
  FROM "t4" AS "t6"
  SEMI JOIN (
    SELECT
      *
    FROM "t7" AS "t8"
    WHERE
      "t8"."_times" > 1
  ) AS "t11"
    ON "t6"."person_id" = "t11"."person_id"
)
SELECT
  *
FROM (
  SELECT
    "t8"."person_id",
    "t8"."email",
    "t8"."first_name",
    "t8"."usual_email"
  FROM "t7" AS "t8"
  WHERE
    "t8"."_times" = 1
) AS "t9"
UNION ALL
SELECT
  *
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t16"."person_id",
      "t16"."email",
      "t16"."first_name",
      "t19"."usual_email"
    FROM (
      SELECT
        "t13"."person_id",
        (
          MAX(
            {'valid_from': "t13"."valid_from", 'preference': "t13"."preference__email", 'value': "t13"."value__email"}
          ) FILTER(WHERE
            "t13"."value__email" IS NOT NULL)
        )."value" AS "email",
        (
          MAX(
            {'length': LENGTH("t13"."value__first_name"), 'valid_from': "t13"."valid_from", 'value': "t13"."value__first_name"}
          ) FILTER(WHERE
            "t13"."value__first_name" IS NOT NULL)
        )."value" AS "first_name"
      FROM "t12" AS "t13"
      GROUP BY
        1
    ) AS "t16"
    LEFT OUTER JOIN (
      SELECT
        "t17"."person_id",
        (
          MAX(
            {'times': "t17"."times", 'latest': "t17"."latest", 'value': "t17"."value__usual_email"}
          )
        )."value" AS "usual_email"
      FROM (
        SELECT
          "t14"."person_id",
          "t14"."value__usual_email",
          COUNT(*) AS "times",
          MAX(
            {'valid_from': "t14"."valid_from", 'preference': "t14"."preference__usual_email"}
          ) AS "latest"
        FROM (
          SELECT
            *
          FROM "t12" AS "t13"
          WHERE
            "t13"."value__usual_email" IS NOT NULL
        ) AS "t14"
        GROUP BY
          1,
          2
      ) AS "t17"
      GROUP BY
        1
    ) AS "t19"
      ON "t16"."person_id" = "t19"."person_id"
  ) AS "t20"
) AS "t21"
