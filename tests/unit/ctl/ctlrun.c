#include "ctlrun.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/run.h"

#define WORDS_MAX 64
#define KEPT_MAX 1024

/* What was said stays to the end of the test, and is not lost. */
static char *kept[KEPT_MAX];
static size_t n_kept;

static void keep(char *text)
{
	ck_assert_uint_lt(n_kept, KEPT_MAX);
	kept[n_kept++] = text;
}

/* Splits in place. */
static int split(char *text, char **argv)
{
	int n = 0;

	while (*text) {
		char end = ' ';

		text += strspn(text, " ");
		if (*text == '\0')
			break;
		if (*text == '\'') {
			end = '\'';
			text++;
		}
		ck_assert_int_lt(n, WORDS_MAX);
		argv[n++] = text;
		text = strchrnul(text, end);
		if (*text)
			*text++ = '\0';
	}
	return n;
}

struct said ctl_run(const char *socket, const char *words)
{
	char *argv[WORDS_MAX + 4] = {"suandianctl", "--socket", (char *)socket};
	char *text = strdup(words);
	int argc = socket ? 3 : 1;
	char *out_text = NULL, *err_text = NULL;
	struct said said;
	size_t n;
	FILE *out, *err;

	unsetenv("COLUMNS");
	unsetenv("SUANDIAN_SOCKET");
	argc += split(text, argv + argc);
	out = open_memstream(&out_text, &n);
	err = open_memstream(&err_text, &n);
	ck_assert(out && err);
	said.status = run(argc, argv, out, err);
	fclose(out);
	fclose(err);
	free(text);
	keep(out_text);
	keep(err_text);
	said.out = out_text;
	said.err = err_text;
	return said;
}

static char *golden_path(const char *name)
{
	const char *source = getenv("SUANDIAN_SOURCE");
	char *path;

	ck_assert_msg(source != NULL, "SUANDIAN_SOURCE is not set: run this test with ctest");
	ck_assert_int_gt(asprintf(&path, "%s/tests/unit/ctl/golden/%s", source, name), 0);
	return path;
}

static char *read_all(FILE *f)
{
	size_t n = 0, size = 0;
	char *text = NULL;
	ssize_t got = getdelim(&text, &size, '\0', f);

	n = got > 0 ? (size_t)got : 0;
	if (!text)
		text = calloc(1, 1);
	text[n] = '\0';
	return text;
}

void golden_check(const char *name, const char *text)
{
	const char *update = getenv("UPDATE_GOLDEN");
	char *path = golden_path(name);
	FILE *f = fopen(path, update && *update ? "w" : "r");
	char *expected;

	ck_assert_msg(f != NULL, "%s cannot be opened", path);
	if (update && *update) {
		fputs(text, f);
	} else {
		expected = read_all(f);
		ck_assert_msg(strcmp(expected, text) == 0,
			      "%s differs (UPDATE_GOLDEN=1 rewrites it); the text is:\n%s", path,
			      text);
		free(expected);
	}
	fclose(f);
	free(path);
}
