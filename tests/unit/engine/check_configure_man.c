/* docs/man/suandian.yaml.5 against the schema tables: the same keys, types and defaults, in both directions. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "configure_lib.h"
#include "engine/configure_schema.h"
#include "testlib/run.h"
#include "testlib/tmpdir.h"

#define MAN "docs/man/suandian.yaml.5"
#define LINES_MAX 400
#define LINE_MAX_B 200

struct lines {
	size_t n;
	char at[LINES_MAX][LINE_MAX_B]; /* "section: .It …" */
};

static struct lines want, have;

PRINTF_LIKE(2, 3)
static void add(struct lines *l, const char *fmt, ...)
{
	va_list ap;

	ck_assert_uint_lt(l->n, LINES_MAX);
	va_start(ap, fmt);
	ck_assert_int_lt(vsnprintf(l->at[l->n++], LINE_MAX_B, fmt, ap), LINE_MAX_B);
	va_end(ap);
}

static bool has(const struct lines *l, const char *line)
{
	for (size_t i = 0; i < l->n; i++) {
		if (strcmp(l->at[i], line) == 0)
			return true;
	}
	return false;
}

static void want_key(const char *section, const struct schema *s)
{
	const char *type = s->type == SCHEMA_CUSTOM ? s->custom->name : schema_type_name(s->type);

	ck_assert_msg(s->help && s->help[0], "%s.%s has no help", section, s->key);
	if (s->required)
		add(&want, "%s: .It Ic %s Ar %s , No required", section, s->key, type);
	else if (s->dflt && s->dflt[0])
		add(&want, "%s: .It Ic %s Ar %s , No default %s", section, s->key, type, s->dflt);
	else
		add(&want, "%s: .It Ic %s Ar %s , No optional", section, s->key, type);
}

/* The tables, breadth first: a queue of those that are still to be written. */
static void want_all(void)
{
	struct {
		const struct schema *table;
		char section[64];
	} todo[64] = {{configure_main_schema, "top"}};
	size_t n = 1;

	for (size_t i = 0; i < n; i++) {
		for (const struct schema *s = todo[i].table; s->key; s++) {
			const struct schema *below = s->item ? s->item->members : s->members;

			want_key(todo[i].section, s);
			if (!below)
				continue;
			ck_assert_uint_lt(n, ARRAY_SIZE(todo));
			todo[n].table = below;
			snprintf(todo[n].section, sizeof(todo[n].section), "%s%s%s",
				 i ? todo[i].section : "", i ? "." : "", s->key);
			n++;
		}
	}
}

static void have_all(void)
{
	char *text = source_text(MAN), *save = NULL, section[64] = "top";

	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (strncmp(line, ".Ss ", 4) == 0)
			snprintf(section, sizeof(section), "%s", line + 4);
		if (strncmp(line, ".It Ic ", 7) == 0)
			add(&have, "%s: %s", section, line);
	}
	free(text);
}

START_TEST(the_man_page_has_every_key_with_type_and_default)
{
	want_all();
	have_all();
	ck_assert_uint_gt(want.n, 70);
	for (size_t i = 0; i < want.n; i++)
		ck_assert_msg(has(&have, want.at[i]), "%s lacks \"%s\"", MAN, want.at[i]);
	for (size_t i = 0; i < have.n; i++)
		ck_assert_msg(has(&want, have.at[i]), "%s has \"%s\", the tables do not", MAN,
			      have.at[i]);
	ck_assert_uint_eq(want.n, have.n);
}
END_TEST

/* The literal example, read from the page as it stands. */
START_TEST(the_example_of_the_man_page_is_sound)
{
	const char *dir = tmpdir_new(), *source = getenv("SUANDIAN_SOURCE");
	char *text = source_text(MAN), main_text[2000];
	char *begin = strstr(text, ".Bd -literal -offset indent\nsites:\n"), *end;
	struct loaded l;

	ck_assert_ptr_nonnull(begin);
	begin = strchr(begin, '\n') + 1;
	end = strstr(begin, ".Ed");
	ck_assert_ptr_nonnull(end);
	*end = '\0';
	snprintf(main_text, sizeof(main_text),
		 "include: [\"%s/config/sichuan/tariffs.d/sc-tou-2023.yaml\"]\n%s",
		 source ? source : ".", begin);
	config_write(dir, "main.yaml", main_text);
	l = config_load(dir);
	ck_assert_str_eq(loaded_faults(&l, dir), "");
	ck_assert_uint_eq(l.c->n_sites, 1);
	loaded_free(&l);
	free(text);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("configure_man");
	TCase *t = tcase_create("configure_man");

	tcase_add_test(t, the_man_page_has_every_key_with_type_and_default);
	tcase_add_test(t, the_example_of_the_man_page_is_sound);
	suite_add_tcase(s, t);
	return run_suite(s);
}
