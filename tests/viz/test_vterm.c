/*
 * test_vterm.c: the viewer on a real terminal, read back by an emulator (libvterm): what a person
 * sees is what --frame prints, at every size, in every kind of colour, and afterwards the terminal
 * is as it was.
 */
#include "tests/harness/harness.h"

#ifdef WG_HAVE_VTERM

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/emulator.h"
#include "tests/harness/fake_trace.h"
#include "tests/harness/golden.h"
#include "tests/harness/trace_files.h"
#include "viz/app/app.h"
#include "viz/term/term.h"

/* ---- the viewer ---- */

struct how {
	const char *term, *no_color;
	bool ascii, light, shell;
	int cols, rows;
	struct wg_trace *trace; /* NULL for 20 reads by a ticking loop */
};

static void view(const struct how *how)
{
	const struct wg_trace *traces[] = { how->trace ? how->trace
						       : fake_reads("tick", 20, 4, 10000000) };
	struct wg_app app;

	(void)setlocale(LC_ALL, "C.UTF-8");
	(void)setenv("TERM", how->term, 1);
	(void)setenv("NO_COLOR", how->no_color, 1);
	(void)unsetenv("LINES");
	(void)unsetenv("COLUMNS");
	if (wg_app_init(&app, traces, 1, how->cols, how->rows, how->ascii) < 0)
		_exit(99);
	app.light = how->light;
	_exit(wg_term_run(&app));
}

/* What a shell with job control does: a group of its own in the foreground, and back. */
static void shell(const struct how *how)
{
	int status;
	pid_t pid;

	(void)sigaction(SIGTTOU, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL);
	pid = fork();
	if (pid == 0) {
		(void)setpgid(0, 0);
		(void)tcsetpgrp(STDIN_FILENO, getpid());
		(void)sigaction(SIGTTOU, &(struct sigaction){ .sa_handler = SIG_DFL }, NULL);
		view(how);
	}
	(void)setpgid(pid, pid);
	(void)waitpid(pid, &status, WUNTRACED);
	if (WIFSTOPPED(status)) {
		char key = 0;

		(void)tcsetpgrp(STDIN_FILENO, getpid());
		(void)!write(STDOUT_FILENO, "STOPPED\r\n", 9);
		/* What was typed before ^Z, and not yet read, comes first. */
		while (key != '\n' && read(STDIN_FILENO, &key, 1) == 1)
			;
		(void)tcsetpgrp(STDIN_FILENO, pid);
		(void)kill(pid, SIGCONT);
		(void)waitpid(pid, &status, 0);
	}
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 97);
}

static void child(void *arg)
{
	const struct how *how = arg;

	(void)!write(STDOUT_FILENO, "BEFORE\r\n", 8);
	if (how->shell)
		shell(how);
	view(how);
}

static struct seen *look(struct how how)
{
	return seen_start(how.cols, how.rows, child, &how);
}

/* ---- tests ---- */

static void trace_is_as_printed(
	struct wg_trace *trace, int cols, int rows, bool ascii, const char *typed, const char *keys)
{
	struct wg_trace *traces[2] = { trace, NULL };
	char *frame = wg_screen_text(traces, 1, cols, rows, ascii, keys);
	struct seen *s = look((struct how){ .term = "xterm-256color",
		.no_color = "",
		.ascii = ascii,
		.cols = cols,
		.rows = rows,
		.trace = trace });

	CU_ASSERT(seen_text(s, "quit"));
	pty_keys(s->pty, typed);
	CU_ASSERT(seen_all(s, frame));
	if (strcmp(s->text, frame) != 0)
		fprintf(stderr, "# printed:\n%s# on the terminal:\n%s", frame, s->text);
	CU_ASSERT(s->altscreen && !s->cursor_visible);
	pty_keys(s->pty, "\003"); /* Ctrl-C: Esc right before q would be Alt-q */
	(void)pty_finish(s->pty);
	free(frame);
	seen_finish(s);
}

static void is_as_printed(int cols, int rows, bool ascii, const char *typed, const char *keys)
{
	struct wg_trace *trace = fake_reads("tick", 20, 4, 10000000);

	trace_is_as_printed(trace, cols, rows, ascii, typed, keys);
	fake_trace_free(trace);
}

static void odd_traces_are_as_printed(void)
{
	static const char *const say[5] = { "note A: ", "no lanes", "submit op 1",
		"+60 lanes below", "asleep with a result ready for 1.00 us" };
	struct wg_trace *traces[5] = { NULL };
	const char *cut = wg_copy_sample("tick");
	struct fake *one = fake_create();
	struct wg_error err;
	size_t i;

	wg_cut(cut, "wakegap_0", wg_file_bytes(cut, "wakegap_0") / 2 + 7); /* in mid-packet */
	CU_ASSERT_FATAL(wg_trace_load(cut, &traces[0], &err) == 0);
	CU_ASSERT(traces[0]->note_count > 0); /* said, not hidden */
	traces[1] = fake_finish(fake_create(), "nothing");
	fake_submit(one, 1000, 1, 1);
	traces[2] = fake_finish(one, "one");
	traces[3] = fake_reads("many", 640, 64, 10000000);
	traces[4] = fake_hour();
	for (i = 0; i < 5; i++) {
		struct wg_trace *both[2] = { traces[i], NULL };
		char *frame = wg_screen_text(both, 1, 80, 24, true, "w z");

		CU_ASSERT(wg_has(frame, say[i]));
		if (!wg_has(frame, say[i]))
			fprintf(stderr, "# no '%s' in:\n%s", say[i], frame);
		free(frame);
		trace_is_as_printed(traces[i], 80, 24, true, "wz", "w z");
		trace_is_as_printed(traces[i], 80, 24, true, "wzGjjj", "w z G j j j");
		wg_trace_free(traces[i]);
	}
}

static void what_is_seen_is_what_is_printed(void)
{
	is_as_printed(80, 24, false, "wwz\r", "w w z Enter");
	is_as_printed(40, 10, false, "w", "w");
	is_as_printed(200, 60, false, "wz+++", "w z + + +");
	is_as_printed(80, 24, true, "wwwz", "w w w z");
	is_as_printed(120, 40, false, "s", "s");
	is_as_printed(80, 24, false, "i", "i");
	is_as_printed(100, 30, false, "?", "?");
	is_as_printed(100, 30, false, "1ww2/gap>1ms", "1 w w 2 / Type:gap>1ms");
}

static void it_is_resized_while_it_plays(void)
{
	static const int sizes[][2] = { { 40, 10 }, { 200, 60 }, { 30, 8 }, { 100, 30 } };
	struct seen *s = look((struct how){ .term = "xterm-256color",
		.no_color = "",
		.ascii = false,
		.light = false,
		.shell = false,
		.cols = 80,
		.rows = 24 });
	size_t i;

	CU_ASSERT(seen_text(s, "quit"));
	pty_keys(s->pty, "[[ ");
	CU_ASSERT(seen_text(s, "playing"));
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct winsize size = { .ws_col = (unsigned short)sizes[i][0],
			.ws_row = (unsigned short)sizes[i][1] };

		s->cols = sizes[i][0];
		s->rows = sizes[i][1];
		vterm_set_size(s->vt, s->rows, s->cols);
		CU_ASSERT(ioctl(s->pty->fd, TIOCSWINSZ, &size) == 0);
		CU_ASSERT(seen_text(s, s->cols < 40 ? "30x8 is too small" : "playing"));
		if (s->cols >= 40)
			CU_ASSERT(seen_text(s, "q quit"));
	}
	pty_keys(s->pty, " q");
	CU_ASSERT(WEXITSTATUS(pty_finish(s->pty)) == 0);
	seen_finish(s);
}

/* The colour of the legend's word for waste: its cell's, an index, or -1 for the default. */
static int waste_colour(const char *term, const char *no_color, bool light)
{
	struct seen *s = look((struct how){ .term = term,
		.no_color = no_color,
		.ascii = true,
		.light = light,
		.shell = false,
		.cols = 80,
		.rows = 24 });
	VTermScreenCell cell;
	int colour = -1;

	CU_ASSERT(seen_text(s, "# WASTED"));
	cell = seen_cell(s, "# WASTED");
	CU_ASSERT(cell.attrs.bold); /* never colour alone */
	CU_ASSERT(VTERM_COLOR_IS_DEFAULT_BG(&cell.bg));
	if (!VTERM_COLOR_IS_DEFAULT_FG(&cell.fg) && VTERM_COLOR_IS_INDEXED(&cell.fg))
		colour = cell.fg.indexed.idx;
	pty_keys(s->pty, "q");
	(void)pty_finish(s->pty);
	seen_finish(s);
	return colour;
}

/* Terminals of 16 colours are rarely described: xterm's description, with fewer of them. */
static bool describe_16_colours(void)
{
	static const char text[] =
		"wakegap-16color|16 colours,\n\tcolors#16, pairs#256,\n"
		"\tsetaf=\\E[%?%p1%{8}%<%t3%p1%d%e9%p1%{8}%-%d%;m,\n"
		"\tsetab=\\E[%?%p1%{8}%<%t4%p1%d%e10%p1%{8}%-%d%;m,\n\tuse=xterm-256color,\n";
	const char *dir = wg_tmpdir();
	char path[512];
	FILE *out;

	(void)snprintf(path, sizeof(path), "%s/source", dir);
	out = fopen(path, "we");
	CU_ASSERT_FATAL(out != NULL && fputs(text, out) >= 0 && fclose(out) == 0);
	if (wg_run(NULL, NULL, (const char *const[]){ "tic", "-x", "-o", dir, path, NULL }) != 0)
		return false;
	(void)setenv("TERMINFO", dir, 1);
	return true;
}

static void sixteen_colours_are_used_as_such(void)
{
	if (!describe_16_colours()) {
		wg_skip("no tic here: a terminal of 16 colours cannot be described");
		return;
	}
	CU_ASSERT(waste_colour("wakegap-16color", "", false) == 11);
	CU_ASSERT(waste_colour("wakegap-16color", "", true) % 8 == 1);
	CU_ASSERT(waste_colour("wakegap-16color", "1", false) == -1);
	(void)unsetenv("TERMINFO");
}

static void colours_are_those_of_the_terminal(void)
{
	CU_ASSERT(waste_colour("xterm-256color", "", false) == 208);
	CU_ASSERT(waste_colour("xterm-256color", "", true) == 166);
	CU_ASSERT(waste_colour("xterm", "", false) % 8 == 3);
	CU_ASSERT(waste_colour("xterm", "", true) % 8 == 1);
	CU_ASSERT(waste_colour("xterm-256color", "1", false) == -1);
	CU_ASSERT(waste_colour("vt100", "", false) == -1);
}

/* The emulator says what the mouse did in the words the viewer asked for. */
static void flush_mouse(struct seen *s)
{
	char bytes[256];
	size_t n = vterm_output_read(s->vt, bytes, sizeof(bytes));

	CU_ASSERT(write(s->pty->fd, bytes, n) == (ssize_t)n);
}

static void press(struct seen *s, int row, int col, bool down)
{
	vterm_mouse_move(s->vt, row, col, 0);
	vterm_mouse_button(s->vt, 1, down, 0);
}

static void the_mouse_selects_zooms_and_pans(void)
{
	struct seen *s = look((struct how){ .term = "xterm-256color",
		.no_color = "",
		.ascii = true,
		.light = false,
		.shell = false,
		.cols = 80,
		.rows = 24 });

	CU_ASSERT(seen_text(s, "q quit"));
	CU_ASSERT(s->mouse == VTERM_PROP_MOUSE_DRAG);
	CU_ASSERT(seen_text(s, "3.15 ms/col"));
	/* A click on a lane, press and release in one go. */
	press(s, 14, 40, true);
	press(s, 14, 40, false);
	flush_mouse(s);
	CU_ASSERT(seen_text(s, "> worker"));
	CU_ASSERT(seen_text(s, "at 75.4")); /* column 24 of 3.15 ms each */
	/* The wheel zooms about the mouse. */
	vterm_mouse_button(s->vt, 4, true, 0);
	flush_mouse(s);
	CU_ASSERT(seen_text(s, "1.57 ms/col") && seen_text(s, "at 75.4"));
	vterm_mouse_button(s->vt, 4, true, 0);
	flush_mouse(s);
	CU_ASSERT(seen_text(s, "us/col") && !wg_has(s->text, "110 ms"));
	/* Drag: what is under the mouse goes with it. */
	press(s, 11, 60, true);
	vterm_mouse_move(s->vt, 11, 35, 0);
	press(s, 11, 30, false);
	flush_mouse(s);
	CU_ASSERT(seen_text(s, "110 ms"));
	vterm_mouse_button(s->vt, 5, true, 0);
	vterm_mouse_button(s->vt, 5, true, 0);
	flush_mouse(s);
	CU_ASSERT(seen_text(s, "3.15 ms/col"));
	/* The bottom line: "? help", then "q back". */
	press(s, 23, 10, true);
	press(s, 23, 10, false);
	flush_mouse(s);
	CU_ASSERT(seen_text(s, "leave the viewer") && seen_text(s, "q back"));
	press(s, 23, 2, true);
	press(s, 23, 2, false);
	flush_mouse(s);
	CU_ASSERT(seen_text(s, "3.15 ms/col"));
	pty_keys(s->pty, "q");
	(void)pty_finish(s->pty);
	CU_ASSERT(s->mouse == VTERM_PROP_MOUSE_NONE);
	seen_finish(s);
}

static void it_stops_as_the_shell_says_and_goes_on(void)
{
	struct seen *s = look((struct how){ .term = "xterm-256color",
		.no_color = "",
		.ascii = true,
		.light = false,
		.shell = true,
		.cols = 80,
		.rows = 24 });

	CU_ASSERT(seen_text(s, "q quit"));
	pty_keys(s->pty, "w\032"); /* ^Z */
	CU_ASSERT(seen_text(s, "STOPPED"));
	CU_ASSERT(wg_has(s->text, "BEFORE")); /* the screen of before */
	CU_ASSERT(!s->altscreen && s->cursor_visible && s->mouse == 0);
	pty_keys(s->pty, "\n");
	CU_ASSERT(seen_text(s, "q quit"));
	pty_keys(s->pty, "?");
	CU_ASSERT(seen_text(s, "leave the viewer"));
	CU_ASSERT(s->altscreen && s->mouse == VTERM_PROP_MOUSE_DRAG);
	pty_keys(s->pty, "qq");
	CU_ASSERT(WEXITSTATUS(pty_finish(s->pty)) == 0);
	seen_finish(s);
}

static void ends_by(int signo)
{
	struct seen *s = look((struct how){ .term = "xterm-256color",
		.no_color = "",
		.ascii = true,
		.light = false,
		.shell = false,
		.cols = 80,
		.rows = 24 });
	int status;

	CU_ASSERT(seen_text(s, "q quit"));
	CU_ASSERT(s->altscreen && !s->cursor_visible && s->mouse != 0);
	CU_ASSERT(kill(s->pty->pid, signo) == 0);
	status = pty_finish(s->pty);
	CU_ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == signo);
	CU_ASSERT(wg_has(seen_screen(s), "BEFORE") && !wg_has(s->text, "quit"));
	CU_ASSERT(!s->altscreen && s->cursor_visible && s->mouse == 0);
	seen_finish(s);
}

static void however_it_ends_the_screen_of_before_is_back(void)
{
	ends_by(SIGTERM);
	ends_by(SIGSEGV);
	ends_by(SIGABRT);
}

#else

static void wants_libvterm(void)
{
	wg_skip("no libvterm here: the screen cannot be read back");
}

#endif

void suite_vterm(void)
{
#ifdef WG_HAVE_VTERM
	WG_TEST(what_is_seen_is_what_is_printed);
	WG_TEST(odd_traces_are_as_printed);
	WG_TEST(it_is_resized_while_it_plays);
	WG_TEST(colours_are_those_of_the_terminal);
	WG_TEST(sixteen_colours_are_used_as_such);
	WG_TEST(the_mouse_selects_zooms_and_pans);
	WG_TEST(it_stops_as_the_shell_says_and_goes_on);
	WG_TEST(however_it_ends_the_screen_of_before_is_back);
#else
	WG_TEST(wants_libvterm);
#endif
}
