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
), "t11" AS (
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
      "t7"."person_id"
    FROM (
      SELECT
        "t5"."person_id",
        COUNT(*) AS "_times"
      FROM "t4" AS "t5"
      GROUP BY
        1
    ) AS "t7"
    WHERE
      "t7"."_times" > 1
  ) AS "t9"
    ON "t6"."person_id" = "t9"."person_id"
)
SELECT
  *
FROM (
  SELECT
    "t6"."person_id",
    "t6"."value__email" AS "email",
    "t6"."value__first_name" AS "first_name",
    "t6"."value__usual_email" AS "usual_email"
  FROM "t4" AS "t6"
  ANTI JOIN (
    SELECT
      "t7"."person_id"
    FROM (
      SELECT
        "t5"."person_id",
        COUNT(*) AS "_times"
      FROM "t4" AS "t5"
      GROUP BY
        1
    ) AS "t7"
    WHERE
      "t7"."_times" > 1
  ) AS "t9"
    ON "t6"."person_id" = "t9"."person_id"
) AS "t10"
UNION ALL
SELECT
  *
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t15"."person_id",
      "t15"."email",
      "t15"."first_name",
      "t18"."usual_email"
    FROM (
      SELECT
        "t12"."person_id",
        (
          MAX(
            {'valid_from': "t12"."valid_from", 'preference': "t12"."preference__email", 'value': "t12"."value__email"}
          ) FILTER(WHERE
            "t12"."value__email" IS NOT NULL)
        )."value" AS "email",
        (
          MAX(
            {'length': LENGTH("t12"."value__first_name"), 'valid_from': "t12"."valid_from", 'value': "t12"."value__first_name"}
          ) FILTER(WHERE
            "t12"."value__first_name" IS NOT NULL)
        )."value" AS "first_name"
      FROM "t11" AS "t12"
      GROUP BY
        1
    ) AS "t15"
    LEFT OUTER JOIN (
      SELECT
        "t16"."person_id",
        (
          MAX(
            {'times': "t16"."times", 'latest': "t16"."latest", 'value': "t16"."value__usual_email"}
          )
        )."value" AS "usual_email"
      FROM (
        SELECT
          "t13"."person_id",
          "t13"."value__usual_email",
          COUNT(*) AS "times",
          MAX(
            {'valid_from': "t13"."valid_from", 'preference': "t13"."preference__usual_email"}
          ) AS "latest"
        FROM (
          SELECT
            *
          FROM "t11" AS "t12"
          WHERE
            "t12"."value__usual_email" IS NOT NULL
        ) AS "t13"
        GROUP BY
          1,
          2
      ) AS "t16"
      GROUP BY
        1
    ) AS "t18"
      ON "t15"."person_id" = "t18"."person_id"
  ) AS "t19"
) AS "t20"
