/* swells.c: a learner's file of one line that makes the assembler take memory without end. */
__asm__(".rept 1000000000\n.quad 1, 2, 3, 4, 5, 6, 7, 8\n.endr\n");
