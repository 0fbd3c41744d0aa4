#include "base/require.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"

/* Places remembered as already logged; beyond that a place is logged each time, under log's rate limit. */
#define PLACES_MAX 256

struct place {
	const char *file;
	int line;
};

static pthread_mutex_t places_lock = PTHREAD_MUTEX_INITIALIZER;
static struct place places[PLACES_MAX];
static size_t n_places;
static atomic_uint_fast64_t n_failed;

void require_die(const char *expr, const char *file, int line)
{
	/* not through the log: a sink or a full rate budget must not hide the last words */
	fprintf(stderr, "%s:%d: requirement failed: %s\n", file, line, expr);
	fflush(stderr);
	abort();
}

static bool place_is_new(const char *file, int line)
{
	bool is_new = true;

	pthread_mutex_lock(&places_lock);
	for (size_t i = 0; i < n_places && is_new; i++)
		is_new = places[i].file != file || places[i].line != line;
	if (is_new && n_places < PLACES_MAX)
		places[n_places++] = (struct place){file, line};
	pthread_mutex_unlock(&places_lock);
	return is_new;
}

bool require_note(const char *expr, const char *file, int line)
{
	atomic_fetch_add(&n_failed, 1);
	if (place_is_new(file, line))
		log_error("require", "invariant failed: %s at=%s:%d", expr, file, line);
	return true;
}

uint64_t require_failed_count(void)
{
	return atomic_load(&n_failed);
}
