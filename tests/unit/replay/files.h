/* Files for the tests of replay, in one temporary directory per process; and a recipe of them. */
#pragma once

#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "replay/feed.h"
#include "testlib/tmpdir.h"

static inline const char *files_dir(void)
{
	static const char *dir;

	if (!dir)
		dir = tmpdir_new();
	return dir;
}

static inline void files_write(const char *name, const char *text)
{
	char *path = tmpdir_path(files_dir(), name);
	FILE *f = fopen(path, "we");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(fputs(text, f), 0);
	ck_assert_int_eq(fclose(f), 0);
	free(path);
}

/* "series" of the YAML; the first fault into said if it is refused. */
static inline struct recipe *files_recipe(const char *yaml, char *said, size_t n)
{
	char *path = tmpdir_path(files_dir(), "replay.yaml");
	struct recipe *r = NULL;
	struct fault_list faults;

	fault_list_init(&faults);
	files_write("replay.yaml", yaml);
	if (recipe_load(path, &r, &faults) < 0)
		ck_assert_ptr_null(r);
	free(path);
	if (said)
		*said = '\0';
	for (size_t i = 0; i < faults.n && said; i++) {
		char text[512];
		size_t at = strlen(said);

		(void)snprintf(said + at, n - at, "%s\n",
			       conf_fault_format(&faults.at[i], text, sizeof(text)));
	}
	fault_list_fini(&faults);
	return r;
}
