SELECT
  `t6`.`person_id`,
  `t6`.`orders_12m`,
  `t6`.`revenue_12m`,
  `t6`.`mean_amount`,
  `t6`.`last_product`,
  `t6`.`days_since`,
  `t6`.`products`,
  `t6`.`share_dear`,
  IF(
    (
      ABS(
        CAST(`t6`.`revenue_12m` AS DOUBLE) / NULLIF(CAST(NULLIF(`t6`.`orders_12m`, CAST(0 AS BIGINT)) AS DOUBLE), CAST('0' AS DOUBLE))
      ) * CAST('100' AS DOUBLE)
    ) < CAST('9007199254740992' AS DOUBLE),
    IF(
      (
        CAST(`t6`.`revenue_12m` AS DOUBLE) / NULLIF(CAST(NULLIF(`t6`.`orders_12m`, CAST(0 AS BIGINT)) AS DOUBLE), CAST('0' AS DOUBLE))
      ) < CAST('0' AS DOUBLE),
      -(
        CAST(CAST(FLOOR(
          (
            ABS(
              CAST(`t6`.`revenue_12m` AS DOUBLE) / NULLIF(CAST(NULLIF(`t6`.`orders_12m`, CAST(0 AS BIGINT)) AS DOUBLE), CAST('0' AS DOUBLE))
            ) * CAST('100' AS DOUBLE)
          ) + CAST('0.5' AS DOUBLE)
        ) AS BIGINT) AS DOUBLE) / CAST('100' AS DOUBLE)
      ),
      CAST(CAST(FLOOR(
        (
          ABS(
            CAST(`t6`.`revenue_12m` AS DOUBLE) / NULLIF(CAST(NULLIF(`t6`.`orders_12m`, CAST(0 AS BIGINT)) AS DOUBLE), CAST('0' AS DOUBLE))
          ) * CAST('100' AS DOUBLE)
        ) + CAST('0.5' AS DOUBLE)
      ) AS BIGINT) AS DOUBLE) / CAST('100' AS DOUBLE)
    ),
    CAST(`t6`.`revenue_12m` AS DOUBLE) / NULLIF(CAST(NULLIF(`t6`.`orders_12m`, CAST(0 AS BIGINT)) AS DOUBLE), CAST('0' AS DOUBLE))
  ) AS `basket`
FROM (
  SELECT
    `t2`.`person_id`,
    COALESCE(`t5`.`orders_12m`, CAST(0 AS BIGINT)) AS `orders_12m`,
    COALESCE(`t5`.`revenue_12m`, CAST(0 AS DECIMAL(18, 2))) AS `revenue_12m`,
    `t5`.`mean_amount`,
    `t5`.`last_product`,
    `t5`.`days_since`,
    COALESCE(`t5`.`products`, CAST(0 AS BIGINT)) AS `products`,
    `t5`.`share_dear`
  FROM `people` AS `t2`
  LEFT OUTER JOIN (
    SELECT
      `t3`.`person_id`,
      COALESCE(
        SUM(CAST(`t3`.`occurred_at` > CAST('2010-12-10T00:00:00' AS TIMESTAMP) AS BIGINT)),
        0
      ) AS `orders_12m`,
      CAST(COALESCE(
        SUM(
          IF(
            (
              `t3`.`occurred_at` > CAST('2010-12-10T00:00:00' AS TIMESTAMP)
            )
            AND (
              (
                `t3`.`amount` > CAST('0.00' AS DECIMAL(18, 2))
              )
              AND NOT (
                COALESCE(STARTSWITH(`t3`.`product`, 'POST'), FALSE)
              )
            ),
            `t3`.`amount`,
            NULL
          )
        ),
        CAST(0 AS DECIMAL(18, 2))
      ) AS DECIMAL(18, 2)) AS `revenue_12m`,
      CAST(SUM(`t3`.`amount`) AS DOUBLE) / NULLIF(CAST(COUNT(`t3`.`amount`) AS DOUBLE), CAST(0 AS DOUBLE)) AS `mean_amount`,
      MAX(
        IF(
          `t3`.`product` IS NOT NULL,
          STRUCT(`t3`.`occurred_at` AS `at`, `t3`.`product` AS `value`),
          NULL
        )
      ).`value` AS `last_product`,
      DATEDIFF(
        DAY,
        CAST(MAX(`t3`.`occurred_at`) + INTERVAL '86399999999' MICROSECOND AS DATE),
        MAKE_DATE(2011, 12, 10)
      ) AS `days_since`,
      COUNT(DISTINCT `t3`.`product`) AS `products`,
      CAST(COALESCE(SUM(CAST(`t3`.`amount` >= CAST('99.50' AS DECIMAL(18, 2)) AS BIGINT)), 0) AS DOUBLE) / NULLIF(CAST(COALESCE(COUNT(*), 0) AS DOUBLE), CAST(0 AS DOUBLE)) AS `share_dear`
    FROM (
      SELECT
        *
      FROM `orders` AS `t1`
      WHERE
        `t1`.`person_id` IS NOT NULL
        AND `t1`.`occurred_at` <= CAST('2011-12-10T00:00:00' AS TIMESTAMP)
    ) AS `t3`
    GROUP BY
      1
  ) AS `t5`
    ON `t2`.`person_id` = `t5`.`person_id`
) AS `t6`
