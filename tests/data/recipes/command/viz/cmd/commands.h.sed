/^int cmd_export/a int cmd_formats(int argc, char **argv);
