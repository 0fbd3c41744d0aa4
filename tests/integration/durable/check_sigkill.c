/* A process that writes is killed at any moment; another opens what it left. Nothing acknowledged is lost, nothing is
 * there twice, the audit chain verifies, and it goes on from there. */
#include <check.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "testlib/rng.h"
#include "testlib/run.h"
#include "testlib/tmpdir.h"
#include "history.h"

struct ack {
	uint64_t is_commit, token;
};

static int acks_fd;

/* Smaller than a pipe writes at once: never torn. */
static void report(uint64_t is_commit, uint64_t token, int rc)
{
	struct ack ack = {is_commit, token};

	if (rc != 0 || write(acks_fd, &ack, sizeof(ack)) != sizeof(ack))
		_exit(1);
}

static void report_batch(void *arg, uint64_t token, int rc)
{
	(void)arg;
	report(0, token, rc);
}

static void report_commit(void *arg, uint64_t token, int rc)
{
	(void)arg;
	report(1, token, rc);
}

/* The chain as it stands after so many commits. */
static void carry_on(struct history_chain *chain, uint64_t commits)
{
	history_chain_init(chain);
	for (uint64_t k = 1; k <= commits; k++) {
		char body[64];
		int n = snprintf(body, sizeof(body), "{\"decision\":%llu}", (unsigned long long)k);

		audit_next(chain->head, k, (const uint8_t *)body, (size_t)n, chain->head);
	}
	chain->seq = commits;
}

/* Writes until it is killed. */
__attribute__((noreturn)) static void child(const char *path, const struct history_found *from,
					    uint64_t seed)
{
	struct store_settings settings = history_settings(path);
	struct history_chain chain;
	struct fault f;
	struct drive d;
	struct rng r;
	uint64_t k = from->batches;

	rng_init(&r, seed);
	carry_on(&chain, from->commits);
	if (drive_try_open(&d, &settings, &f) != 0)
		_exit(2);
	d.on_journaled = report_batch;
	d.on_committed = report_commit;
	d.next_batch = d.journaled = k;
	d.next_commit = d.committed = from->commits;
	for (;;) {
		if (rng_below(&r, 3) == 0 && history_commit(&d, &chain) != 0)
			(void)loop_step(d.loop, true);
		if (history_append(&d, k + 1) == 0)
			k++;
		if (rng_below(&r, 3) == 0)
			(void)loop_step(d.loop, rng_below(&r, 2));
		if (d.next_batch - d.journaled > 200)
			(void)loop_step(d.loop, true);
	}
}

/* Check tells its parent of every assertion through a file that a forked child shares: a child killed in the middle of
 * that would leave half a message. What the child has inherited, but the pipe of acks, leads nowhere. */
static void cut_off_from_check(void)
{
	int nowhere = open("/dev/null", O_RDWR);

	if (nowhere < 0)
		_exit(3);
	for (int fd = 3; fd < 256; fd++) {
		if (fd != acks_fd && fd != nowhere && fcntl(fd, F_GETFD) >= 0 &&
		    dup2(nowhere, fd) < 0)
			_exit(3);
	}
}

/* Reads acks until there were `most` of them and then some more time has passed, then kills. */
static void kill_after(pid_t pid, int fd, uint64_t most, int more_ms, uint64_t acked[2])
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	bool is_killed = false;
	uint64_t n = 0;
	struct ack ack;

	for (;;) {
		if (!is_killed && n >= most && poll(&p, 1, n == most ? more_ms : 0) >= 0 &&
		    (n > most || !(p.revents & POLLIN))) {
			ck_assert_int_eq(kill(pid, SIGKILL), 0);
			is_killed = true;
		}
		if (read(fd, &ack, sizeof(ack)) != sizeof(ack))
			return;
		n++;
		acked[ack.is_commit] = ack.token;
	}
}

static struct history_found round_of_writing(const char *path, struct history_found from,
					     struct rng *r)
{
	uint64_t acked[2] = {from.batches, from.commits};
	int fds[2], status;

	ck_assert_int_eq(pipe(fds), 0);
	uint64_t seed = rng_next(r), most = rng_below(r, 8) ? rng_below(r, 120) : 0;
	pid_t pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(fds[0]);
		acks_fd = fds[1];
		cut_off_from_check();
		child(path, &from, seed);
	}
	close(fds[1]);
	kill_after(pid, fds[0], most, (int)rng_below(r, 12), acked);
	close(fds[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL,
		      "the writer ended by itself: %x", status);
	struct history_found found = history_read(path);
	ck_assert_msg(found.fault[0] == '\0', "%s", found.fault);
	ck_assert_uint_ge(found.batches, acked[0]);
	ck_assert_uint_ge(found.commits, acked[1]);
	return found;
}

START_TEST(what_was_acknowledged_survives_sigkill)
{
	const char *path = drive_path(tmpdir_new(), "store");
	int rounds = getenv("SUANDIAN_TORTURE") ? 200 : 20;
	struct history_found found = {0};
	struct rng r;

	rng_init(&r, rng_seed(1));
	for (int i = 0; i < rounds; i++)
		found = round_of_writing(path, found, &r);
	printf("sigkill: %d kills, %llu batches and %llu commits kept\n", rounds,
	       (unsigned long long)found.batches, (unsigned long long)found.commits);
	ck_assert_uint_gt(found.batches, 100);
	ck_assert_uint_gt(found.commits, 20);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sigkill");
	TCase *tc = tcase_create("sigkill");

	tcase_set_timeout(tc, getenv("SUANDIAN_TORTURE") ? 1200 : 120);
	tcase_add_test(tc, what_was_acknowledged_survives_sigkill);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
