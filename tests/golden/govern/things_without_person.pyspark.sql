SELECT
  `t0`.`group_name`,
  `t0`.`price`
FROM `governed`.`things` AS `t0`
