/&wg_workload_storm,/a &wg_workload_steps,
