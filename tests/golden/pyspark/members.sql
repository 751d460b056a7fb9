SELECT
  `t8`.`person_id`
FROM (
  SELECT
    `t3`.`person_id`,
    `t3`.`country` AS `trait__country`,
    `t4`.`revenue_12m` AS `variable__revenue_12m`,
    COALESCE(`t7`.`did__0`, 0) AS `did__0`,
    COALESCE(`t7`.`did__1`, 0) AS `did__1`
  FROM `people` AS `t3`
  LEFT OUTER JOIN `variables` AS `t4`
    ON `t3`.`person_id` = `t4`.`person_id`
  LEFT OUTER JOIN (
    SELECT
      `t5`.`person_id`,
      SUM(CAST(`t5`.`occurred_at` > CAST('2011-09-11T00:00:00' AS TIMESTAMP) AS BIGINT)) AS `did__0`,
      SUM(CAST(`t5`.`amount` > CAST('12.50' AS DECIMAL(18, 2)) AS BIGINT)) AS `did__1`
    FROM (
      SELECT
        *
      FROM `orders` AS `t2`
      WHERE
        `t2`.`person_id` IS NOT NULL
        AND `t2`.`occurred_at` <= CAST('2011-12-10T00:00:00' AS TIMESTAMP)
    ) AS `t5`
    GROUP BY
      1
  ) AS `t7`
    ON `t3`.`person_id` = `t7`.`person_id`
) AS `t8`
WHERE
  `t8`.`variable__revenue_12m` >= CAST('1000.00' AS DECIMAL(18, 2))
  AND NOT (
    COALESCE(`t8`.`did__0` >= 1, FALSE)
  )
  AND (
    `t8`.`trait__country` IN ('DK', 'NO') OR (
      `t8`.`trait__country` IS NULL
    )
  )
  AND `t8`.`did__1` >= 2
