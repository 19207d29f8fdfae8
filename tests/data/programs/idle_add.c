/*
 * idle_add.c: 200 times a thread adds an idle source to GLib's main loop, which waits in poll.
 */
#include <glib.h>
#include <semaphore.h>

static GMainLoop *loop;
static sem_t added;
static int called;

static gboolean on_idle(gpointer last)
{
	called++;
	if (last)
		g_main_loop_quit(loop);
	(void)sem_post(&added);
	return G_SOURCE_REMOVE;
}

static gpointer add(gpointer arg)
{
	int i;

	(void)arg;
	for (i = 1; i <= 200; i++) {
		g_usleep(1000);
		g_idle_add(on_idle, i == 200 ? &called : NULL);
		(void)sem_wait(&added);
	}
	return NULL;
}

int main(void)
{
	GThread *adder;

	(void)sem_init(&added, 0, 0);
	loop = g_main_loop_new(NULL, FALSE);
	adder = g_thread_new("adder", add, NULL);
	g_main_loop_run(loop);
	(void)g_thread_join(adder);
	g_print("called %d\n", called);
	return 0;
}
