#include "loop/listen.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/err.h"
#include "loop/unixsock.h"
#include "looptest.h"
#include "testlib/heap.h"
#include "testlib/run.h"
#include "testlib/tmpdir.h"

static struct loop *loop;
static struct listener *listener;
static bool closed;
static char *path;
static int n_accepted, want_accepted;
static bool enough;

static void setup(void)
{
	ck_assert_int_eq(loop_new(&loop), 0);
	path = tmpdir_path(tmpdir_new(), "a.sock");
}

static void close_listener(void)
{
	closed = false;
	listener_close(listener, set_flag, &closed);
	turn_until(loop, &closed);
	listener = NULL;
}

static void teardown(void)
{
	if (listener)
		close_listener();
	loop_run(loop);
	loop_free(loop);
	free(path);
}

static void on_accept(void *owner, struct stream *s)
{
	ck_assert_ptr_eq(owner, &n_accepted);
	stream_close(s, 0);
	enough = ++n_accepted >= want_accepted;
}

static void expect(int n)
{
	want_accepted = n;
	enough = n_accepted >= n;
	turn_until(loop, &enough);
}

static int listen_at(const char *p, unsigned mode)
{
	return listener_new_path(loop, p, mode, on_accept, &n_accepted, &listener);
}

/* A client's end of a new connection. */
static int knock(void)
{
	int fd = -1;

	ck_assert_int_eq(unixsock_connect(path, &fd), 0);
	return fd;
}

static bool is_there(const char *p)
{
	struct stat st;

	return lstat(p, &st) == 0;
}

START_TEST(connections_to_the_path_are_given_to_the_owner)
{
	int fds[40];

	ck_assert_int_eq(listen_at(path, 0600), 0);
	for (int i = 0; i < 40; i++)
		fds[i] = knock();
	ck_assert_int_eq(n_accepted, 0);
	expect(40);
	for (int i = 0; i < 40; i++)
		close(fds[i]);
}
END_TEST

START_TEST(the_mode_is_exactly_what_was_asked_for)
{
	static const unsigned modes[] = {0666, 0660, 0600, 0777};
	static const mode_t masks[] = {0, 077, 0777};
	struct stat st;

	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		for (size_t k = 0; k < ARRAY_SIZE(masks); k++) {
			mode_t before = umask(masks[k]);
			int r = listen_at(path, modes[i]);

			umask(before);
			ck_assert_int_eq(r, 0);
			ck_assert_int_eq(lstat(path, &st), 0);
			ck_assert(S_ISSOCK(st.st_mode));
			ck_assert_uint_eq(st.st_mode & 07777, modes[i]);
			close_listener();
			/* the lock file may be unreadable under that mask; it is ours all the same */
			char lock[128];
			snprintf(lock, sizeof(lock), "%s.lock", path);
			unlink(lock);
		}
	}
}
END_TEST

START_TEST(a_path_too_long_or_empty_is_refused)
{
	char longest[108], too_long[109];

	memset(too_long, 'x', sizeof(too_long) - 1);
	too_long[108] = '\0';
	ck_assert_int_eq(listen_at(too_long, 0600), -ENAMETOOLONG);
	ck_assert_int_eq(listen_at("", 0600), -EINVAL);
	memset(longest, 'x', sizeof(longest) - 1);
	longest[107] = '\0';
	memcpy(longest, path, strlen(path));
	ck_assert_int_eq(listen_at(longest, 0600), 0);
	ck_assert(is_there(longest));
	close_listener();
	ck_assert(!is_there(longest));
}
END_TEST

START_TEST(a_path_that_somebody_listens_on_is_left_alone)
{
	struct listener *again;
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int foreign = socket(AF_UNIX, SOCK_STREAM, 0);

	ck_assert_int_eq(listen_at(path, 0600), 0);
	ck_assert_int_eq(listener_new_path(loop, path, 0600, on_accept, &n_accepted, &again),
			 -EADDRINUSE);
	close(knock());
	expect(1);
	close_listener();
	/* one that does not know of our lock */
	memcpy(addr.sun_path, path, strlen(path) + 1);
	ck_assert_int_eq(bind(foreign, (struct sockaddr *)&addr, sizeof(addr)), 0);
	ck_assert_int_eq(listen(foreign, 1), 0);
	ck_assert_int_eq(listen_at(path, 0600), -EADDRINUSE);
	ck_assert(is_there(path));
	close(foreign);
	listener = NULL;
}
END_TEST

START_TEST(a_lock_that_is_held_is_respected_without_a_socket)
{
	struct listener *again;

	ck_assert_int_eq(listen_at(path, 0600), 0);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(listener_new_path(loop, path, 0600, on_accept, &n_accepted, &again),
			 -EADDRINUSE);
	close_listener();
	ck_assert_int_eq(listen_at(path, 0600), 0);
}
END_TEST

START_TEST(the_socket_of_a_dead_process_is_replaced)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int dead = socket(AF_UNIX, SOCK_STREAM, 0);

	memcpy(addr.sun_path, path, strlen(path) + 1);
	ck_assert_int_eq(bind(dead, (struct sockaddr *)&addr, sizeof(addr)), 0);
	close(dead);
	ck_assert(is_there(path));
	ck_assert_int_eq(listen_at(path, 0600), 0);
	close(knock());
	expect(1);
}
END_TEST

START_TEST(what_is_no_socket_is_not_removed)
{
	int fd = open(path, O_CREAT | O_WRONLY, 0600);

	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_assert_int_eq(listen_at(path, 0600), -EEXIST);
	ck_assert(is_there(path));
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(symlink("/nonexistent", path), 0);
	ck_assert_int_eq(listen_at(path, 0600), -EEXIST);
	ck_assert(is_there(path));
}
END_TEST

START_TEST(a_directory_that_is_not_there_is_said)
{
	ck_assert_int_eq(listen_at("/nonexistent/a.sock", 0600), -ENOENT);
}
END_TEST

START_TEST(closing_takes_the_path_away_at_once_and_is_idempotent)
{
	bool never = false;

	ck_assert_int_eq(listen_at(path, 0600), 0);
	listener_close(listener, set_flag, &closed);
	ck_assert(!is_there(path) && !closed);
	listener_close(listener, set_flag, &never);
	listener_pause(listener);
	listener_resume(listener);
	turn_until(loop, &closed);
	turn_ticks(loop, 2);
	ck_assert(!never);
	listener = NULL;
}
END_TEST

static int inherited(void)
{
	int fd, lock_fd;

	ck_assert_int_eq(unixsock_listen(path, 0600, &fd, &lock_fd), 0);
	close(lock_fd);
	return fd;
}

START_TEST(an_inherited_socket_serves_and_its_path_stays)
{
	ck_assert_int_eq(listener_new_fd(loop, inherited(), on_accept, &n_accepted, &listener), 0);
	close(knock());
	expect(1);
	close_listener();
	ck_assert(is_there(path));
}
END_TEST

static bool is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

START_TEST(what_is_no_listening_socket_is_refused_and_closed)
{
	struct listener *l;
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(listener_new_fd(loop, fds[0], on_accept, &n_accepted, &l), -ENOTSOCK);
	ck_assert(!is_open(fds[0]));
	close(fds[1]);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	ck_assert_int_eq(listener_new_fd(loop, fds[0], on_accept, &n_accepted, &l), -EINVAL);
	ck_assert(!is_open(fds[0]));
	close(fds[1]);
	ck_assert_int_eq(listener_new_fd(loop, -1, on_accept, &n_accepted, &l), -EBADF);
}
END_TEST

START_TEST(while_paused_connections_wait_in_the_kernel)
{
	int fds[3];

	ck_assert_int_eq(listen_at(path, 0600), 0);
	listener_pause(listener);
	for (int i = 0; i < 3; i++)
		fds[i] = knock();
	turn_ticks(loop, 5);
	ck_assert_int_eq(n_accepted, 0);
	listener_resume(listener);
	expect(3);
	for (int i = 0; i < 3; i++)
		close(fds[i]);
}
END_TEST

static void accept_one_and_close(void *owner, struct stream *s)
{
	on_accept(owner, s);
	listener_close(listener, set_flag, &closed);
}

START_TEST(it_may_be_closed_in_its_own_callback)
{
	int fds[3];

	ck_assert_int_eq(
		listener_new_path(loop, path, 0600, accept_one_and_close, &n_accepted, &listener),
		0);
	for (int i = 0; i < 3; i++)
		fds[i] = knock();
	turn_until(loop, &closed);
	ck_assert_int_eq(n_accepted, 1);
	listener = NULL;
	for (int i = 0; i < 3; i++)
		close(fds[i]);
}
END_TEST

START_TEST(out_of_descriptors_it_waits_and_drops_nobody)
{
	struct rlimit all, few;
	int fds[4], spare;

	ck_assert_int_eq(listen_at(path, 0600), 0);
	for (int i = 0; i < 4; i++)
		fds[i] = knock();
	spare = open("/dev/null", O_RDONLY);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &all), 0);
	few = all;
	few.rlim_cur = (rlim_t)spare;
	close(spare);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
	while (listener_backoffs(listener) == 0)
		ck_assert(loop_step(loop, true));
	ck_assert_int_eq(n_accepted, 0);
	/* it does not spin: until the pause is over a tick finds nothing to do */
	turn_ticks(loop, 20);
	ck_assert_uint_lt(listener_backoffs(listener), 10);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &all), 0);
	expect(4);
	for (int i = 0; i < 4; i++)
		close(fds[i]);
}
END_TEST

START_TEST(memory_that_runs_out_is_an_error)
{
	int r;

	for (long k = 1;; k++) {
		heap_fail_at(k);
		r = listen_at(path, 0600);
		if (!heap_stop())
			break;
		ck_assert_int_eq(r, -ENOMEM);
		ck_assert(!is_there(path));
	}
	ck_assert_int_eq(r, 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("listen");
	TCase *t = tcase_create("listen");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, connections_to_the_path_are_given_to_the_owner);
	tcase_add_test(t, the_mode_is_exactly_what_was_asked_for);
	tcase_add_test(t, a_path_too_long_or_empty_is_refused);
	tcase_add_test(t, a_path_that_somebody_listens_on_is_left_alone);
	tcase_add_test(t, a_lock_that_is_held_is_respected_without_a_socket);
	tcase_add_test(t, the_socket_of_a_dead_process_is_replaced);
	tcase_add_test(t, what_is_no_socket_is_not_removed);
	tcase_add_test(t, a_directory_that_is_not_there_is_said);
	tcase_add_test(t, closing_takes_the_path_away_at_once_and_is_idempotent);
	tcase_add_test(t, an_inherited_socket_serves_and_its_path_stays);
	tcase_add_test(t, what_is_no_listening_socket_is_refused_and_closed);
	tcase_add_test(t, while_paused_connections_wait_in_the_kernel);
	tcase_add_test(t, it_may_be_closed_in_its_own_callback);
	tcase_add_test(t, out_of_descriptors_it_waits_and_drops_nobody);
	tcase_add_test(t, memory_that_runs_out_is_an_error);
	suite_add_tcase(s, t);
	return run_suite(s);
}
