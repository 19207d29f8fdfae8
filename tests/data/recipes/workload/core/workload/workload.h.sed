/^extern .*wg_workload_storm;/a extern const struct wg_workload_ops wg_workload_steps;
