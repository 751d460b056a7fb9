SELECT
  `t12`.`amount`
FROM (
  SELECT
    *
  FROM (
    SELECT
      `t8`.`person_id`,
      `t7`.`amount`
    FROM (
      SELECT
        *
      FROM `governed`.`orders` AS `t0`
      WHERE
        `t0`.`purpose_set` IN (1, 3, 5)
        AND `t0`.`occurred_at` >= CAST('2024-01-01T00:00:00' AS TIMESTAMP)
    ) AS `t7`
    INNER JOIN (
      SELECT
        `t1`.`subject_id`,
        `t1`.`person_id`
      FROM `governed`.`mapping` AS `t1`
      WHERE
        `t1`.`until__news` > CAST('2026-01-01T00:00:00' AS TIMESTAMP)
        AND NOT (
          `t1`.`restricted`
        )
    ) AS `t8`
      ON `t7`.`subject_id` = `t8`.`subject_id`
  ) AS `t9`
  WHERE
    `t9`.`person_id` IN (
      SELECT
        *
      FROM (
        SELECT
          `t8`.`person_id`
        FROM (
          SELECT
            `t2`.`person_id` AS `_held`,
            `t2`.`rank`,
            `t2`.`city`
          FROM `governed`.`members` AS `t2`
        ) AS `t6`
        INNER JOIN (
          SELECT
            `t1`.`subject_id`,
            `t1`.`person_id`
          FROM `governed`.`mapping` AS `t1`
          WHERE
            `t1`.`until__news` > CAST('2026-01-01T00:00:00' AS TIMESTAMP)
            AND NOT (
              `t1`.`restricted`
            )
        ) AS `t8`
          ON `t6`.`_held` = `t8`.`subject_id`
      ) AS `t10`
    )
) AS `t12`
