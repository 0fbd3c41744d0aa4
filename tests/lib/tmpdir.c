#include "testlib/tmpdir.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct made {
	struct made *next;
	pid_t owner; /* a forked child must not remove what its parent still uses */
	char path[];
};

static struct made *all;

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	if (remove(path) != 0 && errno != ENOENT)
		fprintf(stderr, "tmpdir: %s: %s\n", path, strerror(errno));
	return 0;
}

void tmpdir_remove(const char *dir)
{
	nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void remove_all(void)
{
	while (all) {
		struct made *m = all;

		all = m->next;
		if (m->owner == getpid())
			tmpdir_remove(m->path);
		free(m);
	}
}

const char *tmpdir_new(void)
{
	static int is_registered;
	const char *base = getenv("TMPDIR");
	size_t size;
	struct made *m;

	if (!base || !*base)
		base = "/tmp";
	size = strlen(base) + sizeof("/suandian-XXXXXX");
	m = malloc(sizeof(*m) + size);
	if (!m)
		abort();
	snprintf(m->path, size, "%s/suandian-XXXXXX", base);
	if (!mkdtemp(m->path)) {
		fprintf(stderr, "tmpdir: %s: %s\n", m->path, strerror(errno));
		abort();
	}
	m->owner = getpid();
	m->next = all;
	all = m;
	if (!is_registered++)
		atexit(remove_all);
	return m->path;
}

char *tmpdir_path(const char *dir, const char *name)
{
	char *path;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		abort();
	return path;
}
