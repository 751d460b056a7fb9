WITH `t4` AS (
  SELECT
    *
  FROM (
    SELECT
      `t0`.`person_id`,
      `t0`.`valid_from`,
      `t0`.`email` AS `value__email`,
      -1 AS `preference__email`,
      `t0`.`first_name` AS `value__first_name`,
      `t0`.`email` AS `value__usual_email`,
      0 AS `preference__usual_email`
    FROM `crm` AS `t0`
    WHERE
      `t0`.`person_id` IS NOT NULL
      AND `t0`.`valid_from` <= CAST('2011-12-10T00:00:00' AS TIMESTAMP)
      AND (
        (
          `t0`.`valid_to` IS NULL
        )
        OR (
          `t0`.`valid_to` > CAST('2011-12-10T00:00:00' AS TIMESTAMP)
        )
      )
  ) AS `t2`
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      `t1`.`person_id`,
      `t1`.`valid_from`,
      `t1`.`email` AS `value__email`,
      0 AS `preference__email`,
      CAST(NULL AS STRING) AS `value__first_name`,
      `t1`.`email` AS `value__usual_email`,
      -1 AS `preference__usual_email`
    FROM `club` AS `t1`
    WHERE
      `t1`.`person_id` IS NOT NULL
      AND `t1`.`valid_from` <= CAST('2011-12-10T00:00:00' AS TIMESTAMP)
      AND (
        (
          `t1`.`valid_to` IS NULL
        )
        OR (
          `t1`.`valid_to` > CAST('2011-12-10T00:00:00' AS TIMESTAMP)
        )
      )
  ) AS `t3`
)
SELECT
  `t8`.`person_id`,
  `t8`.`email`,
  `t8`.`first_name`,
  `t11`.`usual_email`
FROM (
  SELECT
    `t5`.`person_id`,
    MAX(
      IF(
        `t5`.`value__email` IS NOT NULL,
        STRUCT(
          `t5`.`valid_from` AS `valid_from`,
          `t5`.`preference__email` AS `preference`,
          `t5`.`value__email` AS `value`
        ),
        NULL
      )
    ).`value` AS `email`,
    MAX(
      IF(
        `t5`.`value__first_name` IS NOT NULL,
        STRUCT(
          LENGTH(`t5`.`value__first_name`) AS `length`,
          `t5`.`valid_from` AS `valid_from`,
          `t5`.`value__first_name` AS `value`
        ),
        NULL
      )
    ).`value` AS `first_name`
  FROM `t4` AS `t5`
  GROUP BY
    1
) AS `t8`
LEFT OUTER JOIN (
  SELECT
    `t9`.`person_id`,
    MAX(
      STRUCT(
        `t9`.`times` AS `times`,
        `t9`.`latest` AS `latest`,
        `t9`.`value__usual_email` AS `value`
      )
    ).`value` AS `usual_email`
  FROM (
    SELECT
      `t6`.`person_id`,
      `t6`.`value__usual_email`,
      COUNT(*) AS `times`,
      MAX(
        STRUCT(`t6`.`valid_from` AS `valid_from`, `t6`.`preference__usual_email` AS `preference`)
      ) AS `latest`
    FROM (
      SELECT
        *
      FROM `t4` AS `t5`
      WHERE
        `t5`.`value__usual_email` IS NOT NULL
    ) AS `t6`
    GROUP BY
      1,
      2
  ) AS `t9`
  GROUP BY
    1
) AS `t11`
  ON `t8`.`person_id` = `t11`.`person_id`
