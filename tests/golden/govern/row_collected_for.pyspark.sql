SELECT
  *
FROM (
  SELECT
    `t4`.`amount`
  FROM (
    SELECT
      *
    FROM `governed`.`orders` AS `t0`
    WHERE
      `t0`.`purpose_set` IN (1, 2)
      AND `t0`.`occurred_at` >= CAST('2025-07-01T00:00:00' AS TIMESTAMP)
  ) AS `t4`
  INNER JOIN (
    SELECT
      `t1`.`subject_id`,
      `t1`.`person_id`
    FROM `governed`.`mapping` AS `t1`
    WHERE
      `t1`.`until__analytics` > CAST('2026-01-01T00:00:00' AS TIMESTAMP)
      AND NOT (
        `t1`.`restricted`
      )
  ) AS `t5`
    ON `t4`.`subject_id` = `t5`.`subject_id`
) AS `t6`
