#include "loop/unixsock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 128

static int make_addr(const char *path, struct sockaddr_un *ret_addr)
{
	size_t n = strlen(path);

	if (n == 0)
		return -EINVAL;
	if (n >= sizeof(ret_addr->sun_path))
		return -ENAMETOOLONG;
	*ret_addr = (struct sockaddr_un){.sun_family = AF_UNIX};
	memcpy(ret_addr->sun_path, path, n);
	return 0;
}

static int make_socket(int *ret_fd)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

int unixsock_connect(const char *path, int *ret_fd)
{
	struct sockaddr_un addr;
	int fd = -1;
	int rc = make_addr(path, &addr);

	if (rc == 0)
		rc = make_socket(&fd);
	if (rc < 0)
		return rc;
	/* on a unix socket this succeeds or fails at once, also when non-blocking */
	if (connect(fd, (const struct sockaddr *)&addr, sizeof(addr)) < 0) {
		rc = -errno;
		(void)close(fd);
		return rc;
	}
	*ret_fd = fd;
	return 0;
}

/* Makes sure nobody else uses or is about to clear the path. */
static int take_lock(const char *path, int *ret_fd)
{
	char name[sizeof(((struct sockaddr_un *)0)->sun_path) + 8];
	int rc;

	(void)snprintf(name, sizeof(name), "%s.lock", path);
	int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		rc = errno == EWOULDBLOCK ? -EADDRINUSE : -errno;
		(void)close(fd);
		return rc;
	}
	*ret_fd = fd;
	return 0;
}

/* Under the lock: removes a socket that nobody answers on. */
static int clear_stale(const char *path)
{
	struct stat st;
	int fd = -1;

	if (lstat(path, &st) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return -EEXIST;
	int rc = unixsock_connect(path, &fd);
	if (rc == 0)
		(void)close(fd);
	/* a full queue and another socket type are answers too */
	if (rc == 0 || rc == -EAGAIN || rc == -EPROTOTYPE)
		return -EADDRINUSE;
	if (rc != -ECONNREFUSED)
		return rc == -ENOENT ? 0 : rc;
	return unlink(path) < 0 && errno != ENOENT ? -errno : 0;
}

/* The mode is set on the socket before it gets its name, so that the name is never open wider;
 * chmod then gives back what the umask took. */
static int bind_listen(int fd, const char *path, unsigned mode)
{
	struct sockaddr_un addr;
	int rc = make_addr(path, &addr);

	if (rc < 0)
		return rc;
	if (fchmod(fd, mode) < 0 || bind(fd, (const struct sockaddr *)&addr, sizeof(addr)) < 0)
		return -errno;
	if (chmod(path, mode) < 0 || listen(fd, BACKLOG) < 0) {
		rc = -errno;
		(void)unlink(path);
	}
	return rc;
}

int unixsock_listen(const char *path, unsigned mode, int *ret_fd, int *ret_lock_fd)
{
	struct sockaddr_un addr;
	int fd = -1, lock_fd = -1;
	int rc = make_addr(path, &addr);

	if (rc < 0)
		return rc;
	rc = take_lock(path, &lock_fd);
	if (rc < 0)
		return rc;
	rc = clear_stale(path);
	if (rc < 0)
		goto err_after_lock;
	rc = make_socket(&fd);
	if (rc < 0)
		goto err_after_lock;
	rc = bind_listen(fd, path, mode);
	if (rc < 0)
		goto err_after_socket;
	*ret_fd = fd;
	*ret_lock_fd = lock_fd;
	return 0;

err_after_socket:
	(void)close(fd);
err_after_lock:
	(void)close(lock_fd);
	return rc;
}
