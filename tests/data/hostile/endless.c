/*
 * endless.c: a learner's file that never ends, and prints nothing.
 */
void attack(void) __attribute__((constructor));

void attack(void)
{
	for (;;)
		;
}
