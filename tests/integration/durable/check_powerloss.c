/* No promise is made before the disk has what it is about, and whatever a power loss leaves, the store opens and holds
 * all that was promised, once. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "testlib/rng.h"
#include "testlib/run.h"
#include "testlib/tmpdir.h"
#include "history.h"
#include "shim.h"

enum { BATCH_ACKED = 1, COMMIT_ACKED };

static void note_batch(void *arg, uint64_t token, int rc)
{
	(void)arg;
	ck_assert_int_eq(rc, 0);
	shim_note(BATCH_ACKED, token);
}

static void note_commit(void *arg, uint64_t token, int rc)
{
	(void)arg;
	ck_assert_int_eq(rc, 0);
	shim_note(COMMIT_ACKED, token);
}

/* A life of the store with restarts, seals and a ring that goes round, all written down. Returns its directory. */
static const char *live(uint64_t seed, uint64_t batches)
{
	const char *path = drive_path(tmpdir_new(), "store");
	struct store_settings settings = history_settings(path);
	struct history_chain chain;
	struct drive d;
	struct rng r;
	uint64_t k = 0, committed = 0;

	rng_init(&r, seed);
	history_chain_init(&chain);
	shim_record(path);
	while (k < batches) {
		drive_open(&d, &settings);
		d.on_journaled = note_batch;
		d.on_committed = note_commit;
		/* tokens go on where the last life ended */
		d.next_batch = d.journaled = k;
		d.next_commit = d.committed = committed;
		for (uint64_t end = k + 40 + rng_below(&r, 40); k < end;) {
			if (rng_below(&r, 3) == 0)
				ck_assert_int_eq(history_commit(&d, &chain), 0);
			if (history_append(&d, k + 1) == 0)
				k++;
			if (rng_below(&r, 2))
				(void)loop_step(d.loop, rng_below(&r, 2));
		}
		committed = d.next_commit;
		drive_close(&d);
	}
	shim_pause();
	return path;
}

/* One more file laid down and read. Returns whether all that was promised was there, once. */
static bool survives(const struct shim_disk *disk, enum shim_loss loss, uint64_t seed,
		     const uint64_t acked[2], char *why)
{
	static const char *scratch;
	const char *path = drive_path(scratch ? scratch : (scratch = tmpdir_new()), "copy");

	shim_disk_lay(disk, path, loss, seed);
	struct history_found h = history_read(path);
	tmpdir_remove(path);
	snprintf(
		why, 400,
		"after event %zu, loss %d, seed %llu: %s (batches %llu of %llu acked, commits %llu of %llu)",
		disk->n, loss, (unsigned long long)seed, h.fault, (unsigned long long)h.batches,
		(unsigned long long)acked[0], (unsigned long long)h.commits,
		(unsigned long long)acked[1]);
	return h.fault[0] == '\0' && h.batches >= acked[0] && h.commits >= acked[1];
}

struct verdict {
	size_t states, failures;
	char first[400]; /* failure */
};

static void judge(struct verdict *v, const struct shim_disk *disk, enum shim_loss loss,
		  uint64_t seed, const uint64_t acked[2])
{
	char why[400];

	v->states++;
	if (survives(disk, loss, seed, acked, why))
		return;
	if (v->failures++ == 0)
		memcpy(v->first, why, sizeof(why));
}

/* Goes through the log; every `each`-th moment (from where all files were there), and the moment of every promise
 * if `each` is not 0 but small enough to matter, is a power loss. */
static struct verdict judge_log(const struct shim_log *log, size_t each, int chances)
{
	struct verdict v = {0};
	struct shim_disk disk;
	uint64_t acked[2] = {0};
	bool is_whole = false;

	shim_disk_init(&disk, log);
	while (disk.n < log->n) {
		const struct shim_event *e = &log->at[disk.n];
		bool is_promise = e->kind == SHIM_NOTE;

		shim_disk_step(&disk);
		if (is_promise) {
			acked[e->mark - 1] = e->value;
			is_whole = true;
		}
		if (!is_whole)
			continue;
		/* the state a promise stands on: nothing but what is on disk for sure */
		if (is_promise && (disk.n + 1 == log->n || log->at[disk.n].kind != SHIM_NOTE))
			judge(&v, &disk, SHIM_LOSE_ALL, 0, acked);
		if (disk.n % each)
			continue;
		judge(&v, &disk, SHIM_LOSE_NONE, 0, acked);
		for (int i = 0; i < chances; i++)
			judge(&v, &disk, SHIM_LOSE_SOME, disk.n * 16 + (uint64_t)i, acked);
	}
	shim_disk_fini(&disk);
	return v;
}

static bool is_torture(void)
{
	return getenv("SUANDIAN_TORTURE") != NULL;
}

/* ---- The shim itself -------------------------------------------------------------------------------------- */

static void check_file(const struct shim_image *image, const char *dir, const char *name)
{
	char path[600];
	size_t n;

	snprintf(path, sizeof(path), "%s/%s/data.mdb", dir, name);
	FILE *f = fopen(path, "rb");
	ck_assert_ptr_nonnull(f);
	uint8_t *data = malloc(image->len + 1);
	n = fread(data, 1, image->len + 1, f);
	fclose(f);
	ck_assert_uint_eq(n, image->len);
	ck_assert_mem_eq(data, image->data, n);
	free(data);
}

START_TEST(the_shim_misses_nothing)
{
	const char *path = live(rng_seed(1), 100);
	struct shim_disk disk;
	char copy[600];

	shim_disk_init(&disk, &shim_log);
	while (disk.n < shim_log.n)
		shim_disk_step(&disk);
	snprintf(copy, sizeof(copy), "%s/all", tmpdir_new());
	shim_disk_lay(&disk, copy, SHIM_LOSE_NONE, 0);
	for (int i = 0; i < SHIM_FILES; i++) {
		struct shim_image f = disk.files[i];

		ck_assert_uint_gt(f.len, 8192);
		if (f.n_pending == 0) {
			check_file(&f, path, shim_files[i]);
			check_file(&f, copy, shim_files[i]);
		}
	}
	ck_assert_uint_eq(disk.files[0].n_pending, 0);
	ck_assert_uint_eq(disk.files[1].n_pending, 0);
	shim_disk_fini(&disk);
	shim_free();
}
END_TEST

/* ---- The proof ------------------------------------------------------------------------------------------------ */

START_TEST(whatever_a_power_loss_leaves_holds_what_was_promised)
{
	int lives = is_torture() ? 6 : 1;

	for (int i = 0; i < lives; i++) {
		live(rng_seed(100) + (uint64_t)i, 200);
		struct verdict v = judge_log(&shim_log, is_torture() ? 1 : 9, is_torture() ? 3 : 2);
		printf("power loss: %zu events, %zu states, %zu of them wrong\n", shim_log.n,
		       v.states, v.failures);
		ck_assert_uint_gt(v.states, 200);
		ck_assert_msg(v.failures == 0, "%s", v.first);
		shim_free();
	}
}
END_TEST

/* ---- The proof can fail ------------------------------------------------------------------------------------- */

/* The log with events left out or moved; data stays the original's. */
static struct shim_log edit(bool (*keep)(const struct shim_event *e))
{
	struct shim_log log = {.at = calloc(shim_log.n, sizeof(*log.at))};
	size_t *number = calloc(shim_log.n + 1, sizeof(*number));

	for (size_t i = 0; i < shim_log.n; i++) {
		struct shim_event e = shim_log.at[i];

		number[i] = log.n;
		if (!keep(&e))
			continue;
		if (e.kind == SHIM_FLUSH || e.kind == SHIM_SYNCED)
			e.write = number[e.write];
		log.at[log.n++] = e;
	}
	free(number);
	return log;
}

static bool keep_but_journal_flushes(const struct shim_event *e)
{
	return e->kind == SHIM_WRITE || e->kind == SHIM_NOTE || e->file != 1;
}

static bool keep_but_series_flushes(const struct shim_event *e)
{
	return e->kind == SHIM_WRITE || e->kind == SHIM_NOTE || e->file != 2;
}

static bool keep_but_ledger_roots(const struct shim_event *e)
{
	return e->kind != SHIM_SYNCED || e->file != 0;
}

START_TEST(a_flush_that_does_not_happen_is_caught)
{
	bool (*const edits[])(const struct shim_event *e) = {
		keep_but_journal_flushes, keep_but_series_flushes, keep_but_ledger_roots};

	live(rng_seed(200), 150);
	for (size_t i = 0; i < ARRAY_SIZE(edits); i++) {
		struct shim_log log = edit(edits[i]);
		struct verdict v = judge_log(&log, SIZE_MAX, 0);

		ck_assert_msg(v.failures > 0, "edit %zu went unnoticed in %zu states", i, v.states);
		free(log.at);
	}
	shim_free();
}
END_TEST

/* Each promise of a batch before the last flush of the journal that precedes it: an ack that does not wait. */
START_TEST(a_promise_before_its_flush_is_caught)
{
	struct verdict v;
	size_t moved = 0;

	live(rng_seed(300), 100);
	for (size_t i = 1; i < shim_log.n; i++) {
		size_t k = i;

		if (shim_log.at[i].kind != SHIM_NOTE || shim_log.at[i].mark != BATCH_ACKED)
			continue;
		while (k > 0 &&
		       !(shim_log.at[k - 1].kind == SHIM_SYNCED && shim_log.at[k - 1].file == 1))
			k--;
		if (k < 2)
			continue;
		/* swap roles: the note takes the place of the event that made it true, which comes right after */
		struct shim_event note = shim_log.at[i], synced = shim_log.at[k - 1];
		shim_log.at[k - 1] = note;
		shim_log.at[i] = synced;
		moved++;
	}
	ck_assert_uint_gt(moved, 10);
	v = judge_log(&shim_log, SIZE_MAX, 0);
	ck_assert_msg(v.failures > 0, "went unnoticed in %zu states", v.states);
	shim_free();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("powerloss");

	/* The loss is computed, so any file system will do, and memory is fastest. */
	if (!getenv("TMPDIR") && access("/dev/shm", W_OK) == 0)
		(void)setenv("TMPDIR", "/dev/shm", 1);
	TCase *tc = tcase_create("powerloss");

	tcase_set_timeout(tc, is_torture() ? 3000 : 120);
	tcase_add_test(tc, the_shim_misses_nothing);
	tcase_add_test(tc, whatever_a_power_loss_leaves_holds_what_was_promised);
	tcase_add_test(tc, a_flush_that_does_not_happen_is_caught);
	tcase_add_test(tc, a_promise_before_its_flush_is_caught);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
