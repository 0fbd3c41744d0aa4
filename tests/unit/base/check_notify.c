#include "base/notify.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "testlib/run.h"
#include "testlib/tmpdir.h"

static void setup(void)
{
	notify_unset();
}

/* A datagram socket bound to name ('@' = abstract), as the service manager has it. */
static int manager_listen(const char *name)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	size_t len = strlen(name);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_uint_lt(len, sizeof(sa.sun_path));
	memcpy(sa.sun_path, name, len);
	if (name[0] == '@')
		sa.sun_path[0] = '\0';
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&sa,
			      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)),
			 0);
	setenv("NOTIFY_SOCKET", name, 1);
	return fd;
}

static void check_received(int fd, const char *want)
{
	char text[5000];
	ssize_t n = recv(fd, text, sizeof(text) - 1, 0);

	ck_assert_int_ge(n, 0);
	text[n] = '\0';
	ck_assert_str_eq(text, want);
}

START_TEST(messages_reach_a_socket_in_the_file_system)
{
	char *path = tmpdir_path(tmpdir_new(), "notify");
	int fd = manager_listen(path);

	ck_assert_int_eq(notify_send("READY=1\nSTATUS=%d sites", 3), 1);
	check_received(fd, "READY=1\nSTATUS=3 sites");
	ck_assert_int_eq(notify_send("WATCHDOG=1"), 1);
	check_received(fd, "WATCHDOG=1");
	close(fd);
	free(path);
}
END_TEST

START_TEST(messages_reach_an_abstract_socket)
{
	char name[64];
	int fd;

	snprintf(name, sizeof(name), "@suandian-check-%d", (int)getpid());
	fd = manager_listen(name);
	ck_assert_int_eq(notify_send("STOPPING=1"), 1);
	check_received(fd, "STOPPING=1");
	close(fd);
}
END_TEST

START_TEST(without_a_socket_nothing_is_sent)
{
	ck_assert_int_eq(notify_send("READY=1"), 0);
	setenv("NOTIFY_SOCKET", "", 1);
	ck_assert_int_eq(notify_send("READY=1"), 0);
}
END_TEST

START_TEST(bad_sockets_and_messages_are_errors)
{
	char name[200];

	setenv("NOTIFY_SOCKET", "/nonexistent/notify", 1);
	ck_assert_int_eq(notify_send("READY=1"), -ENOENT);
	setenv("NOTIFY_SOCKET", "vsock:2:1234", 1);
	ck_assert_int_eq(notify_send("READY=1"), -EAFNOSUPPORT);
	setenv("NOTIFY_SOCKET", "@", 1);
	ck_assert_int_eq(notify_send("READY=1"), -EINVAL);
	memset(name, '/', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	setenv("NOTIFY_SOCKET", name, 1);
	ck_assert_int_eq(notify_send("READY=1"), -ENAMETOOLONG);
	ck_assert_int_eq(notify_send("STATUS=%5000d", 1), -EMSGSIZE);
}
END_TEST

static int64_t watchdog(const char *usec, const char *pid)
{
	unsetenv("WATCHDOG_PID");
	setenv("WATCHDOG_USEC", usec, 1);
	if (pid)
		setenv("WATCHDOG_PID", pid, 1);
	return notify_watchdog_ms();
}

START_TEST(the_watchdog_is_fed_twice_per_period_in_milliseconds)
{
	char pid[32];

	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	ck_assert_int_eq(notify_watchdog_ms(), 0);
	ck_assert_int_eq(watchdog("1500000", NULL), 750);
	ck_assert_int_eq(watchdog("1500000", pid), 750);
	ck_assert_int_eq(watchdog("30000000", pid), 15000);
	ck_assert_int_eq(watchdog("1", pid), 1);
	ck_assert_int_eq(watchdog("1500000", "1"), 0);
	ck_assert_int_eq(watchdog("1500000", ""), 0);
	ck_assert_int_eq(watchdog("0", pid), 0);
	ck_assert_int_eq(watchdog("-5", pid), 0);
	ck_assert_int_eq(watchdog("1s", pid), 0);
	ck_assert_int_eq(watchdog("99999999999999999999", pid), 0);
}
END_TEST

static void set_listen(const char *n, const char *names)
{
	char pid[32];

	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	setenv("LISTEN_PID", pid, 1);
	setenv("LISTEN_FDS", n, 1);
	if (names)
		setenv("LISTEN_FDNAMES", names, 1);
}

START_TEST(passed_sockets_are_found_by_name_and_made_safe)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	ck_assert_int_ge(dup2(fd, 3), 0);
	ck_assert_int_ge(dup2(fd, 4), 0);
	ck_assert_int_ge(dup2(fd, 5), 0);
	set_listen("3", "api:metrics:control");
	ck_assert_int_eq(notify_listen_count(), 3);
	ck_assert_int_eq(notify_listen_fd("control"), 5);
	ck_assert_int_eq(notify_listen_fd("api"), 3);
	ck_assert(fcntl(5, F_GETFD) & FD_CLOEXEC);
	ck_assert(fcntl(5, F_GETFL) & O_NONBLOCK);
	ck_assert_int_eq(notify_listen_fd("ap"), -ENOENT);
	ck_assert_int_eq(notify_listen_fd("metrics:control"), -ENOENT);
	ck_assert_int_eq(notify_listen_fd(""), -ENOENT);
}
END_TEST

START_TEST(sockets_of_another_process_are_not_ours)
{
	set_listen("2", "api:metrics");
	setenv("LISTEN_PID", "1", 1);
	ck_assert_int_eq(notify_listen_count(), 0);
	ck_assert_int_eq(notify_listen_fd("api"), -ENOENT);
	unsetenv("LISTEN_PID");
	ck_assert_int_eq(notify_listen_count(), 0);
}
END_TEST

START_TEST(broken_listen_variables_mean_no_sockets)
{
	static const char *const counts[] = {"", "x", "-1", "3x", " 1", "99999999999", "100000"};

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		set_listen(counts[i], "api");
		ck_assert_int_eq(notify_listen_count(), 0);
		ck_assert_int_eq(notify_listen_fd("api"), -ENOENT);
	}
	set_listen("1", "api:metrics");
	ck_assert_int_eq(notify_listen_fd("metrics"), -ENOENT);
	set_listen("2", "api");
	ck_assert_int_eq(notify_listen_fd("metrics"), -ENOENT);
	unsetenv("LISTEN_FDNAMES");
	ck_assert_int_eq(notify_listen_fd("api"), -ENOENT);
	/* announced, but closed */
	set_listen("900", NULL);
	setenv("LISTEN_FDNAMES", "a:b:c:d:e:f:g:h:i:j:k:l:m:n:o:p:q:r:s:t:u:v:w:x:y:z:far", 1);
	ck_assert_int_eq(notify_listen_fd("far"), -EBADF);
}
END_TEST

START_TEST(unset_removes_both_protocols)
{
	set_listen("1", "api");
	setenv("NOTIFY_SOCKET", "@x", 1);
	setenv("WATCHDOG_USEC", "1500000", 1);
	notify_unset();
	ck_assert_int_eq(notify_listen_count(), 0);
	ck_assert_int_eq(notify_send("READY=1"), 0);
	ck_assert_int_eq(notify_watchdog_ms(), 0);
	ck_assert_ptr_null(getenv("LISTEN_FDNAMES"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("notify");
	TCase *t = tcase_create("notify");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, messages_reach_a_socket_in_the_file_system);
	tcase_add_test(t, messages_reach_an_abstract_socket);
	tcase_add_test(t, without_a_socket_nothing_is_sent);
	tcase_add_test(t, bad_sockets_and_messages_are_errors);
	tcase_add_test(t, the_watchdog_is_fed_twice_per_period_in_milliseconds);
	tcase_add_test(t, passed_sockets_are_found_by_name_and_made_safe);
	tcase_add_test(t, sockets_of_another_process_are_not_ours);
	tcase_add_test(t, broken_listen_variables_mean_no_sockets);
	tcase_add_test(t, unset_removes_both_protocols);
	suite_add_tcase(s, t);
	return run_suite(s);
}
