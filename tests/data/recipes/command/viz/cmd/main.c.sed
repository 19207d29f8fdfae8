/&wg_cmd_export,/a &wg_cmd_formats,
