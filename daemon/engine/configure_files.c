#include "engine/configure_files.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"

#define PATTERN_MAX_B 4096

static bool is_known(const struct configure_files *s, const struct stat *st)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->at[i].dev == st->st_dev && s->at[i].ino == st->st_ino)
			return true;
	}
	return false;
}

static int add_file(struct configure_files *s, const char *path, struct fault_list *faults)
{
	struct configure_source *source = &s->at[s->n];
	struct stat st = {0};
	int r;

	if (stat(path, &st) == 0 && is_known(s, &st))
		return 0;
	if (s->n == CONFIGURE_FILES_MAX) {
		fault_list_add(faults, (struct conf_mark){.file = path}, "at most %d files",
			       CONFIGURE_FILES_MAX);
		s->is_broken = true;
		return ERR_FULL;
	}
	r = conf_read(path, &source->doc, faults);
	if (r) {
		s->is_broken = true;
		return r;
	}
	source->dev = st.st_dev;
	source->ino = st.st_ino;
	s->n++;
	return 0;
}

int configure_files_main(struct configure_files *s, const char *path, struct fault_list *faults)
{
	return add_file(s, path, faults);
}

/* The folder of the main file with what glob(3) takes for signs escaped, then the pattern as it is. */
static bool make_pattern(const char *main_path, const char *pattern, char *out, size_t n)
{
	const char *slash = pattern[0] == '/' ? NULL : strrchr(main_path, '/');
	size_t at = 0;

	for (const char *p = main_path; slash && p <= slash; p++) {
		if (at + 3 > n)
			return false;
		if (strchr("*?[\\", *p))
			out[at++] = '\\';
		out[at++] = *p;
	}
	if (strlen(pattern) >= n - at)
		return false;
	memcpy(out + at, pattern, strlen(pattern) + 1);
	return true;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void configure_files_include(struct configure_files *s, const char *pattern, struct conf_mark where,
			     struct fault_list *faults)
{
	char full[PATTERN_MAX_B];
	glob_t found = {0};
	int r;

	if (!make_pattern(conf_name(s->at[0].doc), pattern, full, sizeof(full))) {
		fault_list_add(faults, where, "the path is too long");
		s->is_broken = true;
		return;
	}
	r = glob(full, GLOB_NOSORT, NULL, &found);
	if (r == GLOB_NOSPACE)
		fault_list_add(faults, where, "%s", err_text(-ENOMEM));
	else if (r && where.file)
		fault_list_add(faults, where, "no file matches");
	s->is_broken |= r == GLOB_NOSPACE || (r && where.file);
	if (r == 0) {
		qsort(found.gl_pathv, found.gl_pathc, sizeof(char *), by_bytes);
		for (size_t i = 0; i < found.gl_pathc; i++)
			add_file(s, found.gl_pathv[i], faults);
	}
	globfree(&found);
}

void configure_files_fini(struct configure_files *s)
{
	for (size_t i = 0; i < s->n; i++)
		conf_free(s->at[i].doc);
	s->n = 0;
}

bool configure_path_join(const char *main_path, const char *path, char *out, size_t n)
{
	const char *slash = path[0] == '/' ? NULL : strrchr(main_path, '/');
	int len = snprintf(out, n, "%.*s%s", slash ? (int)(slash - main_path + 1) : 0, main_path,
			   path);

	return len >= 0 && (size_t)len < n;
}
