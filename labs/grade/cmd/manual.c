/*
 * manual.c: what the man page of `wakegap lab` says beside its tables.
 */
#include "labs/grade/cmd/cmd.h"

#include "traces/base/manual.h"

static const char files[] =
	"# FILES\n"
	"The state of a lab is one file in its folder, .wakegap-lab.json, so a folder can be moved "
	"or packed up.\n"
	"The list of started labs is ~/.local/state/wakegap/labs.json, or below XDG_STATE_HOME or "
	"WAKEGAP_STATE.\n"
	"# ENVIRONMENT\n"
	"WAKEGAP_LABS names another course, CC another compiler.\n";

static const char verdicts[] =
	"# VERDICTS\n"
	"Your file runs in every schedule of a small scenario, on a clock of its own.\n"
	"So luck plays no part: the same file gets the same verdict on every machine.\n"
	"\n"
	"A check that could not be finished is INCONCLUSIVE, with the reason.\n"
	"It costs no attempt, and neither does a file that does not compile.\n"
	"\n"
	"The name of a long schedule is shortened, as two/b1a1b1a1b1a1..5f0c92e7: its beginning "
	"and "
	"a hash of the whole.\n"
	"`replay` takes the short name as long as one of the latest checks of the folder printed "
	"it; results of `grade` hold the whole name, and `replay` takes that everywhere.\n"
	"\n"
	"Predictions are judged at once and counted in `list` and in results; they give no "
	"points.\n"
	"\n"
	"`watch` waits for events of the file system. NFS, SMB, 9p and FUSE send none; there it "
	"looks once a second, and says so.\n";

static const char real[] =
	"# REAL THREADS\n"
	"The schedules are the proof. `check --real` confirms it and never decides alone.\n"
	"It runs the same scenario and the same file on threads of the system for about a second, "
	"with pauses at places that a seed chooses, records them, and measures the recording as "
	"`wakegap stats` does.\n"
	"- FAIL: a round hangs, or counts break a check, and our solution passes right after it on "
	"the same machine.\n"
	"- INCONCLUSIVE: our solution does not pass either; only a check of a clock or the gap "
	"rule "
	"fails; events were discarded; LTTng is not installed.\n"
	"- PASS: all rounds end well.\n"
	"\n"
	"The gap rule: of at least 200 results, 95 % must be found within a quarter of the "
	"interval in which the starter polls. A loop that polls finds about a quarter of them "
	"there, one that is notified all of them; no slow machine lies in between. Durations never "
	"make a FAIL.\n"
	"\n"
	"If the schedules pass and real threads fail, the verdict is INCONCLUSIVE. If the "
	"schedules "
	"fail and real threads pass, that was luck, and `check` says so.\n"
	"\n"
	"LTTng's daemon must be reached, so this runs outside the box: use it for your own files. "
	"`grade` and `verify` do not use it.\n";

static const char teachers[] =
	"# FOR TEACHERS\n"
	"Students hand in their folder; you grade it:\n"
	"\n"
	"  tar cf ann.tar -C mine .\n"
	"  wakegap lab verify ann.tar --student ann --format csv\n"
	"\n"
	"`verify` takes only the files that the lab lists from the tar file, as text. Scenario, "
	"headers and harness are yours. sha256_agrees says whether these are the files of the "
	"student's last check.\n"
	"\n"
	"`grade` and `verify` always write a result, also if the check could not be made. It can "
	"be "
	"results.json of Gradescope, PrairieLearn or Exercism (version 3), the last line of "
	"Autolab, "
	"or one CSV row per check (student, lab, check, verdict, measured, bound, attempts, "
	"minutes, "
	"lab_verdict).\n"
	"With -o FILE, the old file stays as it was if the disk is full.\n"
	"A folder that cannot be written is graded like any other; `grade` says that the attempt "
	"is "
	"not counted.\n";

static const char authors[] =
	"# FOR AUTHORS\n"
	"A lab is described by lab.conf, an INI file read by libinih. A line has at most 199 "
	"characters; an indented line continues the one before; comments begin with ` ;`.\n"
	"\n"
	"  title = a notify that is forgotten\n"
	"  minutes = 20\n"
	"  files = loop.c                 ; the learner's, names only\n"
	"  story = https://...\n"
	"  requires = lttng               ; optional: lttng, io_uring\n"
	"\n"
	"  [real]\n"
	"  interval = 10 ms               ; optional: how often the starter polls, for the gap "
	"rule\n"
	"\n"
	"  [check stuck]                  ; an id of lab_check(), or one of the explorer's own\n"
	"  title = no wake-up lost\n"
	"  idea = ...                     ; one idea for those who fail it\n"
	"  points = 3                     ; 1 if left out\n"
	"\n"
	"  [starter]\n"
	"  fails = stuck                  ; the one check that it breaks\n"
	"\n"
	"  [wrong if.c]                   ; wrong/if.c must break this check, and say this\n"
	"  fails = stuck\n"
	"  message = for ever\n"
	"\n"
	"  [predict 1]\n"
	"  question = ...\n"
	"  answer = 1|one                 ; alternatives; 7.3 +-20% for numbers\n"
	"  why = ...                      ; follows `it is 1 because`\n"
	"\n"
	"`author` checks that the starter compiles without a warning and fails, that every wrong "
	"fix "
	"gets the message of its section, and that the solution passes.\n"
	"`soak` runs solutions on real threads, alone and beside programs that keep every "
	"processor "
	"busy; none may fail.\n";

void wg_lab_manual(FILE *out)
{
	static const char *const parts[] = { verdicts, real, teachers, authors, files };
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		wg_manual_text(out, parts[i]);
}
