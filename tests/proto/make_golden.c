/* make_golden DIRECTORY: writes the frames of messages that have none there yet. What is there is frozen: it
 * is what peers of that version send. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "golden.h"
#include "proto/codec.h"
#include "text.h"

/* 1 = written, 0 = was there, < 0 = failed. */
static int write_file(const char *dir, const char *name, const char *ext, struct buf *bytes)
{
	char path[512];
	int fd, r = 1;

	snprintf(path, sizeof(path), "%s/%s.%s", dir, name, ext);
	fd = bytes->err ? -1 : open(path, O_WRONLY | O_CREAT | O_EXCL, 0644);
	if (fd < 0 && errno == EEXIST)
		return 0;
	if (fd < 0 || write(fd, buf_peek(bytes), buf_avail(bytes)) != (ssize_t)buf_avail(bytes))
		r = -1;
	if (r < 0)
		perror(path);
	if (fd >= 0)
		close(fd);
	return r;
}

static int make(const char *dir, const ProtobufCFieldDescriptor *body, uint32_t variant,
		uint32_t variants)
{
	struct arena a;
	struct buf frame, text;
	Suandian__V1__Envelope *env;
	char name[128];
	int r = -1;

	arena_init(&a, (size_t)16 << 20);
	buf_init(&frame, 0);
	buf_init(&text, 0);
	golden_name(name, sizeof(name), body, variant, variants);
	env = made_envelope(&a, body, variant);
	if (env && codec_encode(&frame, env) == 0) {
		text_write(&env->base, &text);
		r = write_file(dir, name, "bin", &frame);
		if (r > 0)
			r = write_file(dir, name, "txt", &text);
	}
	if (r > 0)
		printf("%s: %zu bytes\n", name, buf_avail(&frame));
	buf_fini(&text);
	buf_fini(&frame);
	arena_fini(&a);
	return r;
}

int main(int argc, char **argv)
{
	const ProtobufCFieldDescriptor *body;

	if (argc != 2) {
		fprintf(stderr, "usage: make_golden DIRECTORY\n");
		return 2;
	}
	for (unsigned i = 0; (body = made_body(i)); i++) {
		uint32_t variants = made_variants(body->descriptor);
		for (uint32_t v = 0; v < variants; v++)
			if (make(argv[1], body, v, variants) < 0)
				return 1;
	}
	return 0;
}
