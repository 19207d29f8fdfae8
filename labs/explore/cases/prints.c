/*
 * prints.c: programs that print, in every way, at every place.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "labs/explore/cases/cases.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *print_it(void *unused)
{
	printf("begins\n");
	pthread_mutex_lock(&lock);
	printf("a tab\t, a \033[31mcolour, \xff");
	(void)fprintf(stderr, " and standard error\n");
	pthread_mutex_unlock(&lock);
	if (write(1, "second\nthird\n", 13) == 13)
		puts("h\xc3\xa9");
	return unused;
}

/* It fails, so that the report has its steps. */
void case_prints(void)
{
	case_one(print_it);
	lab_check("fails", false, "as it should");
}

void case_prints_much(void)
{
	char line[100];
	int i;

	memset(line, 'x', sizeof(line));
	pthread_mutex_lock(&lock);
	for (i = 0; i < 10000; i++)
		(void)fwrite(line, 1, sizeof(line), stdout);
	pthread_mutex_unlock(&lock);
	printf("the end\n");
	lab_check("fails", false, "as it should");
}

static const char *nowhere = (const char *)sizeof(char);

/* Within printf(). */
void case_prints_nowhere(void)
{
	pthread_mutex_lock(&lock);
	printf("before ");
	printf("%s and more\n", nowhere);
	pthread_mutex_unlock(&lock);
}
