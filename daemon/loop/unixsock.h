/* Unix socket paths: connecting, and binding one that a dead process may have left. Blocks at
 * most for local file calls. */
#pragma once

#include "base/base.h"

/* A connected non-blocking socket. 0 or -errno (-ENAMETOOLONG over 107 bytes, -EINVAL if empty). */
int unixsock_connect(const char *path, int *ret_fd);

/* A bound, listening, non-blocking socket with exactly `mode`, and the held lock on
 * "<path>.lock": close *ret_lock_fd after unlinking path. Errors as in listener_new_path(). */
int unixsock_listen(const char *path, unsigned mode, int *ret_fd, int *ret_lock_fd);
