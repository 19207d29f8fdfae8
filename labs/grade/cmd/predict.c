/*
 * predict.c: see predict.h.
 */
#include "labs/grade/cmd/predict.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "labs/grade/base/json.h"
#include "labs/grade/base/say.h"
#include "labs/grade/base/stop.h"
#include "labs/grade/tell/wrap.h"

#define NUMBERS 4
#define TEXT	1000

/* ---- numbers ---- */

struct numbers {
	double v[NUMBERS];
	size_t count;
	bool is_share; /* "1 of 3": the second says of how many */
};

static bool starts_number(const char *text)
{
	return isdigit((unsigned char)*text) || (*text == '-' && isdigit((unsigned char)text[1]));
}

/* Digits with at most one point. Not strtod(): it knows "1e3", "0x10" and "inf". */
static const char *read_number(const char *at, bool comma_is_point, double *ret)
{
	char digits[64];
	size_t len = 0;
	bool has_point = false;

	for (; len + 1 < sizeof(digits); at++) {
		bool is_point = (*at == '.' || (*at == ',' && comma_is_point)) && !has_point &&
				isdigit((unsigned char)at[1]);

		if (!isdigit((unsigned char)*at) && !is_point && !(*at == '-' && len == 0))
			break;
		has_point = has_point || is_point;
		digits[len++] = *at;
		if (is_point)
			digits[len - 1] = '.';
	}
	digits[len] = '\0';
	*ret = strtod(digits, NULL);
	return at;
}

/* All numbers in a text; a minus belongs to one only where it does not follow a digit or word. */
static struct numbers numbers_in(const char *text, bool comma_is_point)
{
	struct numbers n = { .count = 0 };
	const char *at = text, *after = NULL;

	while (*at) {
		bool is_apart = at == text || !isalnum((unsigned char)at[-1]);

		if (!is_apart || !starts_number(at)) {
			at++;
			continue;
		}
		if (n.count == 1 && after)
			n.is_share = strncmp(after, " of ", 4) == 0 ||
				     strncmp(after, " out of ", 8) == 0 ||
				     (*after == '/' && at == after + 1);
		if (n.count == NUMBERS)
			break;
		at = read_number(at, comma_is_point, &n.v[n.count++]);
		after = at;
	}
	return n;
}

/* "three" as the first word is as good as 3. */
static bool number_word(const char *words, double *ret)
{
	static const char *const names[] = { "zero", "one", "two", "three", "four", "five", "six",
		"seven", "eight", "nine", "ten" };
	size_t len = strcspn(words, " "), i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strlen(names[i]) == len && strncmp(names[i], words, len) == 0) {
			*ret = (double)i;
			return true;
		}
	}
	return false;
}

static bool meets_number(const char *wanted, const char *given, const char *given_words)
{
	const char *plus = strstr(wanted, "+-");
	double percent = 0;
	char bare[TEXT];
	struct numbers want, have;
	size_t i;

	(void)snprintf(bare, sizeof(bare), "%.*s",
		(int)(plus ? plus - wanted : (long)strlen(wanted)), wanted);
	if (plus)
		(void)read_number(plus + 2, false, &percent);
	want = numbers_in(bare, false);
	have = numbers_in(given, want.count == 1);
	if (have.count == 0 && number_word(given_words, &have.v[0]))
		have.count = 1;
	if (have.count == 2 && want.count == 1 && have.is_share)
		have.count = 1;
	if (have.count != want.count)
		return false;
	for (i = 0; i < want.count; i++) {
		if (fabs(have.v[i] - want.v[i]) > percent / 100 * fabs(want.v[i]) + 1e-9)
			return false;
	}
	return true;
}

/* ---- words ---- */

/* Lower case, one space between words, no punctuation, no articles. */
static void to_words(const char *text, char *words, size_t len)
{
	static const char *const articles[] = { "a", "an", "the" };
	size_t used = 0, begin = 0, i;

	for (; used + 2 < len; text++) {
		if (isalnum((unsigned char)*text) || *text == '_' || (*text & 0x80)) {
			words[used++] = (char)tolower((unsigned char)*text);
			continue;
		}
		for (i = 0; i < 3; i++) {
			if (used - begin == strlen(articles[i]) &&
				memcmp(words + begin, articles[i], used - begin) == 0)
				used = begin;
		}
		if (used > begin)
			words[used++] = ' ';
		begin = used;
		if (!*text)
			break;
	}
	while (used > 0 && words[used - 1] == ' ')
		used--;
	words[used] = '\0';
}

static bool begins_with(const char *words, const char *what)
{
	size_t len = strlen(what);

	return len > 0 && strncmp(words, what, len) == 0 && (words[len] == ' ' || !words[len]);
}

static bool meets_words(const char *wanted, const char *given_words)
{
	char words[TEXT];
	const char *at = given_words;

	to_words(wanted, words, sizeof(words));
	if (begins_with(given_words, words))
		return true;
	if ((strcmp(words, "yes") == 0 && strcmp(given_words, "y") == 0) ||
		(strcmp(words, "no") == 0 && strcmp(given_words, "n") == 0))
		return true;
	while (strchr(words, ' ') && (at = strchr(at, ' '))) {
		if (begins_with(++at, words))
			return true;
	}
	return false;
}

bool wg_predict_is_right(const struct wg_lab_question *question, const char *given)
{
	char all[WG_LAB_TEXT], words[TEXT], *rest = all, *each;

	(void)snprintf(all, sizeof(all), "%s", question->answer);
	to_words(given, words, sizeof(words));
	while ((each = strsep(&rest, "|"))) {
		each += strspn(each, " ");
		if (starts_number(each) ? meets_number(each, given, words)
					: meets_words(each, words))
			return true;
	}
	return false;
}

void wg_predict_tell(FILE *out, const struct wg_lab_question *question, const char *given)
{
	const char *answer = question->answer, *plus = strstr(answer, " +-");
	int len = (int)strcspn(answer, "|");

	if (plus && plus < answer + len)
		len = (int)(plus - answer);
	if (wg_predict_is_right(question, given))
		wg_tell_wrapf(out, 0, "right%s%s", *question->why ? ": " : "", question->why);
	else
		wg_tell_wrapf(out, 0, "you said %s; it is %.*s%s%s", *given ? given : "nothing",
			len, answer, *question->why ? " because " : "", question->why);
}

/* ---- a learner's ---- */

static const char *answer_at(const json_t *state, size_t i)
{
	const json_t *answers = json_object_get(state, "answers");
	const char *text = json_string_value(json_array_get(answers, i));

	return text ? text : "";
}

struct wg_predicted wg_predict_count(const struct wg_lab *lab, const json_t *state)
{
	struct wg_predicted p = { .of = lab->question_count,
		.answered = json_array_size(json_object_get(state, "answers")) };
	size_t i;

	if (p.answered > p.of)
		p.answered = p.of;
	for (i = 0; i < p.answered; i++)
		p.right += wg_predict_is_right(&lab->questions[i], answer_at(state, i));
	return p;
}

json_t *wg_predict_json(const struct wg_lab *lab, const json_t *state)
{
	struct wg_predicted p = wg_predict_count(lab, state);

	return json_pack("{s:I, s:I, s:I}", "of", (json_int_t)p.of, "answered",
		(json_int_t)p.answered, "right", (json_int_t)p.right);
}

int wg_predict_open(const struct wg_open *o)
{
	struct wg_predicted p = wg_predict_count(o->lab, o->state.root);

	return (int)(p.of - p.answered);
}

/* The answer is shown after the learner's own: those who have predicted look better. */
int wg_predict_ask(struct wg_open *o)
{
	json_t *answers = json_object_get(o->state.root, "answers");
	struct wg_predicted p;
	char line[TEXT];
	size_t i;
	int rc;

	if (!json_is_array(answers)) {
		answers = json_array();
		(void)json_object_set_new(o->state.root, "answers", answers);
	}
	for (i = json_array_size(answers); i < o->lab->question_count; i++) {
		wg_tell_wrapf(stdout, 0, "predict %zu of %zu: %s", i + 1, o->lab->question_count,
			o->lab->questions[i].question);
		printf("> ");
		(void)fflush(stdout);
		if (!fgets(line, sizeof(line), stdin)) {
			(void)fputc('\n', stdout);
			break;
		}
		line[strcspn(line, "\n")] = '\0';
		if (!line[strspn(line, " \t\r")]) {
			printf("not answered; `wakegap lab predict` asks again\n");
			break;
		}
		(void)json_array_append_new(answers, wg_json_text(line));
		wg_predict_tell(stdout, &o->lab->questions[i], line);
		(void)fputc('\n', stdout);
	}
	p = wg_predict_count(o->lab, o->state.root);
	if (p.answered == p.of && p.of > 0)
		printf("%zu of %zu predicted\n", p.right, p.of);
	rc = wg_open_save(o);
	return rc == 0 && wg_stop_signal() ? 128 + wg_stop_signal() : rc;
}

void wg_predict_remind(FILE *out, const struct wg_open *o, const char *dir)
{
	int open = wg_predict_open(o);
	char word[WG_SHELL_MAX];

	if (open > 0)
		wg_tell_wrapf(out, 1, "%d prediction%s not made yet: wakegap lab predict %s", open,
			open == 1 ? " is" : "s are", wg_shell_word(word, "%s", dir));
}

void wg_predict_review(FILE *out, const struct wg_open *o)
{
	struct wg_predicted p = wg_predict_count(o->lab, o->state.root);
	size_t i;

	for (i = 0; i < p.of; i++) {
		wg_tell_wrapf(out, 0, "%s", o->lab->questions[i].question);
		(void)fputc(' ', out);
		wg_predict_tell(out, &o->lab->questions[i], answer_at(o->state.root, i));
	}
	if (p.of > 0)
		(void)fprintf(out, "%zu of %zu predicted\n", p.right, p.of);
	else
		(void)fprintf(out, "lab %02d asks nothing\n", o->lab->number);
}
