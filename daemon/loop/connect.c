#include "loop/stream.h"
#include "loop/unixsock.h"

int stream_connect(struct loop *loop, const char *path, struct stream **ret_stream)
{
	int fd;
	int rc = unixsock_connect(path, &fd);

	return rc < 0 ? rc : stream_new(loop, fd, ret_stream);
}
