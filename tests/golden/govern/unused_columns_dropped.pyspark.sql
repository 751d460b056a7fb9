SELECT
  `t7`.`channel`,
  COUNT(*) AS `n`
FROM (
  SELECT
    *
  FROM (
    SELECT
      `t4`.`channel`
    FROM (
      SELECT
        *
      FROM `governed`.`orders` AS `t0`
      WHERE
        `t0`.`purpose_set` IN (1, 3, 5)
        AND `t0`.`occurred_at` >= CAST('2024-01-01T00:00:00' AS TIMESTAMP)
    ) AS `t4`
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
    ) AS `t5`
      ON `t4`.`subject_id` = `t5`.`subject_id`
  ) AS `t6`
) AS `t7`
GROUP BY
  1
