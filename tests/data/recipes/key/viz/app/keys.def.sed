/^WG_KEYS(END,/a WG_KEYS(MIDDLE, JUMP, "T", NULL, "cursor to the middle of the trace")
