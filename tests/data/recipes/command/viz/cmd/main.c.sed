/{ "export", cmd_export/a { "formats", cmd_formats, "list the formats of export" },
