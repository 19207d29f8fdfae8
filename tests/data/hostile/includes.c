/*
 * includes.c: a learner's file with which the compiler reads somebody else's, into its messages.
 */
__asm__(".include \"/etc/passwd\"");
