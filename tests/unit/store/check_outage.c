/* A disk that refuses: nothing is acknowledged meanwhile, reads go on, writes are refused with a reason, and when the
 * disk is back all that was submitted is there, once. The calls below take the place of the C library's for LMDB. */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "testlib/run.h"
#include "testlib/tmpdir.h"
#include "drive.h"

/* Which files refuse (a part of their path), how, and which calls. */
static _Atomic(const char *) broken_file;
static atomic_int broken_errno;
enum { BREAK_FLUSH = 1, BREAK_WRITE = 2, BREAK_ROOT = 4 };
static atomic_int broken_calls;

static bool is_broken(int fd, int call)
{
	const char *name = atomic_load(&broken_file);
	char link[64], path[512];
	ssize_t n;

	if (!name || !(atomic_load(&broken_calls) & call))
		return false;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (n <= 0)
		return false;
	path[n] = '\0';
	return strstr(path, name) != NULL;
}

static long refuse(void)
{
	errno = atomic_load(&broken_errno);
	return -1;
}

/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
ssize_t pwrite(int fd, const void *data, size_t len, off_t offset)
{
	/* the root page is written in part: less than any other */
	if (is_broken(fd, len < 1024 ? BREAK_ROOT : BREAK_WRITE))
		return refuse();
	return syscall(SYS_pwrite64, fd, data, len, offset);
}

/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
ssize_t writev(int fd, const struct iovec *iov, int n)
{
	if (is_broken(fd, BREAK_WRITE))
		return refuse();
	return syscall(SYS_writev, fd, iov, n);
}

/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
int fdatasync(int fd)
{
	if (is_broken(fd, BREAK_FLUSH))
		return (int)refuse();
	return (int)syscall(SYS_fdatasync, fd);
}

static struct drive d;
static struct drive_samples got;
static struct store_settings settings;

static void break_disk(const char *file, int calls, int error)
{
	atomic_store(&broken_calls, calls);
	atomic_store(&broken_errno, error);
	atomic_store(&broken_file, file);
}

static void mend_disk(void)
{
	atomic_store(&broken_file, NULL);
}

static void setup(void)
{
	mend_disk();
	settings = (struct store_settings){.path = drive_path(tmpdir_new(), "store"),
					   .seal_samples = 8};
	drive_open(&d, &settings);
}

static void wait_for_fault(const char *what)
{
	struct fault f = {0};
	struct store_stats stats;

	while (store_health(d.store, &f) == 0)
		(void)loop_step(d.loop, true);
	ck_assert_int_eq(f.code, ERR_STORE);
	ck_assert_msg(strstr(f.text, what), "%s", f.text);
	store_get_stats(d.store, &stats);
	ck_assert(stats.read_only);
}

static void check_samples(uint64_t n)
{
	drive_range(&d, 1, INT64_MIN, INT64_MAX, &got);
	ck_assert_uint_eq(got.n, n);
}

static void journal_trouble(int calls, int error)
{
	ck_assert_int_eq(drive_put(&d, 1, 1, 1, 1), 0);
	drive_settle(&d);
	break_disk("journal", calls, error);
	ck_assert_int_eq(drive_put(&d, 2, 1, 2, 1), 0);
	ck_assert_int_eq(drive_put(&d, 3, 1, 3, 1), 0);
	wait_for_fault("journal");
	ck_assert_int_eq(drive_put(&d, 4, 1, 4, 1), ERR_STORE);
	ck_assert_uint_eq(d.journaled, 1); /* no promise */
	check_samples(3);
	mend_disk();
	drive_settle(&d);
	ck_assert_int_eq(store_health(d.store, NULL), 0);
	ck_assert_int_eq(drive_put(&d, 4, 1, 4, 1), 0);
	drive_close(&d);
	ck_assert_uint_eq(d.journaled, 4);
	ck_assert_uint_eq(d.failed, 0);
	drive_open(&d, &settings);
	check_samples(4);
	drive_close(&d);
}

START_TEST(a_flush_that_fails_is_no_promise)
{
	journal_trouble(BREAK_FLUSH, EIO);
}
END_TEST

START_TEST(a_full_disk_is_no_promise)
{
	journal_trouble(BREAK_WRITE, ENOSPC);
}
END_TEST

/* LMDB declares the environment dead then; it has to be opened anew. */
START_TEST(a_root_page_that_fails_is_no_promise)
{
	journal_trouble(BREAK_ROOT, EIO);
}
END_TEST

START_TEST(the_ledger_fails_alone)
{
	struct ledger_meta meta = {.now_ms = 5};
	struct ledger_op op = {.kind = LEDGER_META, .meta = &meta};

	for (int calls = BREAK_FLUSH; calls <= BREAK_ROOT; calls *= 2) {
		break_disk("ledger", calls, EIO);
		ck_assert_int_eq(drive_commit(&d, &op, 1), 0);
		uint64_t before = d.committed;
		wait_for_fault("ledger");
		ck_assert_int_eq(drive_commit(&d, &op, 1), ERR_STORE);
		ck_assert_uint_eq(d.committed, before);
		mend_disk();
		drive_settle(&d);
		ck_assert_int_eq(store_health(d.store, NULL), 0);
	}
	drive_close(&d);
	ck_assert_uint_eq(d.committed, 3);
	ck_assert_uint_eq(d.failed, 0);
}
END_TEST

START_TEST(samples_are_taken_and_promised_while_tiles_cannot_be_written)
{
	for (int calls = BREAK_FLUSH; calls <= BREAK_ROOT; calls *= 2) {
		uint64_t seq = d.next_batch;
		struct store_stats stats;

		store_get_stats(d.store, &stats);
		uint64_t tiles = stats.tiles;
		break_disk("series", calls, EIO);
		for (int i = 0; i < 8; i++, seq++)
			ck_assert_int_eq(drive_put(&d, seq + 1, 1, (int64_t)seq, 1), 0);
		wait_for_fault("series");
		for (int i = 0; i < 8; i++, seq++)
			ck_assert_int_eq(drive_put(&d, seq + 1, 1, (int64_t)seq, 1), 0);
		drive_settle(&d);
		ck_assert_uint_eq(d.failed, 0);
		/* both memtables are full now */
		ck_assert_int_eq(drive_put(&d, seq + 1, 1, (int64_t)seq, 1), ERR_STORE);
		check_samples(seq);
		mend_disk();
		drive_until_tiles(&d, tiles + 2);
		ck_assert_int_eq(store_health(d.store, NULL), 0);
		check_samples(seq);
	}
	drive_close(&d);
	drive_open(&d, &settings);
	check_samples(48);
	drive_close(&d);
}
END_TEST

START_TEST(what_was_never_written_is_answered_at_the_end)
{
	struct ledger_meta meta = {.now_ms = 5};
	struct ledger_op op = {.kind = LEDGER_META, .meta = &meta};

	break_disk("/store/", BREAK_FLUSH, EIO);
	ck_assert_int_eq(drive_put(&d, 1, 1, 1, 1), 0);
	ck_assert_int_eq(drive_put(&d, 2, 1, 2, 1), 0);
	ck_assert_int_eq(drive_commit(&d, &op, 1), 0);
	wait_for_fault(":");
	drive_close(&d);
	ck_assert_uint_eq(d.journaled, 2);
	ck_assert_uint_eq(d.committed, 1);
	ck_assert_uint_eq(d.failed, 3);
	mend_disk();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("outage");
	TCase *tc = tcase_create("outage");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, a_flush_that_fails_is_no_promise);
	tcase_add_test(tc, a_full_disk_is_no_promise);
	tcase_add_test(tc, a_root_page_that_fails_is_no_promise);
	tcase_add_test(tc, the_ledger_fails_alone);
	tcase_add_test(tc, samples_are_taken_and_promised_while_tiles_cannot_be_written);
	tcase_add_test(tc, what_was_never_written_is_answered_at_the_end);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
