SELECT
  `t6`.`revenue`
FROM (
  SELECT
    `t3`.`revenue`,
    `t3`.`score`
  FROM (
    SELECT
      `t0`.`person_id` AS `_held`,
      `t0`.`revenue`,
      `t0`.`score`,
      `t0`.`debt`
    FROM `governed`.`variables__e518d4d03567769b` AS `t0`
  ) AS `t3`
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
    ON `t3`.`_held` = `t5`.`subject_id`
) AS `t6`
WHERE
  `t6`.`score` > 1
