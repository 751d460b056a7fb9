SELECT
  `t11`.`person_id`,
  `t11`.`orders_12m`,
  `t11`.`revenue_12m`,
  `t11`.`mean_amount`,
  `t11`.`last_product`,
  `t11`.`days_since`,
  `t11`.`products`,
  `t11`.`share_dear`,
  IF(
    (
      ABS(
        CAST(`t11`.`revenue_12m` AS DOUBLE) / NULLIF(CAST(NULLIF(`t11`.`orders_12m`, CAST(0 AS BIGINT)) AS DOUBLE), CAST('0' AS DOUBLE))
      ) * CAST('100' AS DOUBLE)
    ) < CAST('9007199254740992' AS DOUBLE),
    IF(
      (
        CAST(`t11`.`revenue_12m` AS DOUBLE) / NULLIF(CAST(NULLIF(`t11`.`orders_12m`, CAST(0 AS BIGINT)) AS DOUBLE), CAST('0' AS DOUBLE))
      ) < CAST('0' AS DOUBLE),
      -(
        CAST(CAST(FLOOR(
          (
            ABS(
              CAST(`t11`.`revenue_12m` AS DOUBLE) / NULLIF(CAST(NULLIF(`t11`.`orders_12m`, CAST(0 AS BIGINT)) AS DOUBLE), CAST('0' AS DOUBLE))
            ) * CAST('100' AS DOUBLE)
          ) + CAST('0.5' AS DOUBLE)
        ) AS BIGINT) AS DOUBLE) / CAST('100' AS DOUBLE)
      ),
      CAST(CAST(FLOOR(
        (
          ABS(
            CAST(`t11`.`revenue_12m` AS DOUBLE) / NULLIF(CAST(NULLIF(`t11`.`orders_12m`, CAST(0 AS BIGINT)) AS DOUBLE), CAST('0' AS DOUBLE))
          ) * CAST('100' AS DOUBLE)
        ) + CAST('0.5' AS DOUBLE)
      ) AS BIGINT) AS DOUBLE) / CAST('100' AS DOUBLE)
    ),
    CAST(`t11`.`revenue_12m` AS DOUBLE) / NULLIF(CAST(NULLIF(`t11`.`orders_12m`, CAST(0 AS BIGINT)) AS DOUBLE), CAST('0' AS DOUBLE))
  ) AS `basket`
FROM (
  SELECT
    `t2`.`person_id`,
    COALESCE(`t10`.`orders_12m`, CAST(0 AS BIGINT)) AS `orders_12m`,
    COALESCE(`t10`.`revenue_12m`, CAST(0 AS DECIMAL(18, 2))) AS `revenue_12m`,
    `t10`.`mean_amount`,
    `t10`.`last_product`,
    `t10`.`days_since`,
    COALESCE(`t10`.`products`, CAST(0 AS BIGINT)) AS `products`,
    `t10`.`share_dear`
  FROM `people` AS `t2`
  LEFT OUTER JOIN (
    SELECT
      `t8`.`person_id`,
      `t8`.`orders_12m`,
      `t8`.`revenue_12m`,
      `t8`.`mean_amount`,
      `t8`.`last_product`,
      `t8`.`days_since`,
      COALESCE(`t6`.`values`, 0) AS `products`,
      `t8`.`share_dear`
    FROM (
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
    ) AS `t8`
    LEFT OUTER JOIN (
      SELECT
        `t4`.`person_id`,
        COUNT(*) AS `values`
      FROM (
        SELECT DISTINCT
          `t1`.`person_id`,
          `t1`.`product` AS `value`
        FROM `orders` AS `t1`
        WHERE
          `t1`.`person_id` IS NOT NULL
          AND `t1`.`occurred_at` <= CAST('2011-12-10T00:00:00' AS TIMESTAMP)
          AND `t1`.`product` IS NOT NULL
      ) AS `t4`
      GROUP BY
        1
    ) AS `t6`
      ON `t8`.`person_id` = `t6`.`person_id`
  ) AS `t10`
    ON `t2`.`person_id` = `t10`.`person_id`
) AS `t11`
