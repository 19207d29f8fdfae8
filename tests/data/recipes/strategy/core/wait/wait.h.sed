/^extern .*wg__wait_condvar/a extern const struct wg_wait_ops wg__wait_semaphore;
