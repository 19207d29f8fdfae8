s/wg_cmd_export,/& wg_cmd_formats,/
