/^\/\* ---- all of them/i \
static void find_polls(struct list *list, const struct seen *seen)\
{\
	if (seen->loop->polls > 0)\
		add(list, 0, 0, "event=poll", seen, "the loop looked %llu times at its results",\
			(ull)seen->loop->polls);\
}\

/^		find_spin(/a find_polls(&list, &seen);
