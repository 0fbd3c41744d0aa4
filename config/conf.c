#include "config/conf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/err.h"
#include "config/conf_priv.h"

const char *conf_kind_name(enum conf_kind k)
{
	static const char *const names[] = {"nothing", "a value", "a list", "a map"};

	return (unsigned)k < ARRAY_SIZE(names) ? names[k] : "?";
}

/* The file's bytes, malloc'ed, one more than CONF_FILE_MAX_B at most: conf_parse() refuses those. */
static int read_bytes(int fd, char **ret, size_t *ret_n)
{
	char *text = malloc(CONF_FILE_MAX_B + 1);
	size_t n = 0;

	if (!text)
		return -ENOMEM;
	while (n < CONF_FILE_MAX_B + 1) {
		ssize_t got = read(fd, text + n, CONF_FILE_MAX_B + 1 - n);

		if (got == 0)
			break;
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			int r = -errno;

			free(text);
			return r;
		}
		n += (size_t)got;
	}
	*ret = text;
	*ret_n = n;
	return 0;
}

/* O_NONBLOCK: a FIFO without a writer would hold the caller. */
static int open_regular(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	close(fd);
	return -EINVAL;
}

int conf_read(const char *path, struct conf_doc **ret, struct fault_list *faults)
{
	struct conf_mark where = {.file = path};
	CLEANUP(free_ptr) char *text = NULL;
	size_t n = 0;
	int fd = open_regular(path);
	int r = fd;

	if (fd >= 0) {
		r = read_bytes(fd, &text, &n);
		close(fd);
	}
	if (r == -EINVAL)
		fault_list_add(faults, where, "is no regular file");
	else if (r < 0)
		fault_list_add(faults, where, "cannot be read: %s", err_text(r));
	return r < 0 ? r : conf_parse(path, text, n, ret, faults);
}

void conf_free(struct conf_doc *d)
{
	if (!d)
		return;
	arena_fini(&d->arena);
	free(d);
}

const struct conf_node *conf_root(const struct conf_doc *d)
{
	return d->root;
}

const char *conf_name(const struct conf_doc *d)
{
	return d->name;
}

const struct conf_node *conf_entry(const struct conf_node *map, const char *key)
{
	if (!map || map->kind != CONF_MAP)
		return NULL;
	for (const struct conf_node *c = map->first; c; c = c->next) {
		if (strcmp(c->key, key) == 0)
			return c;
	}
	return NULL;
}

const struct conf_node *conf_item(const struct conf_node *list, size_t i)
{
	const struct conf_node *c;

	if (!list || list->kind != CONF_LIST)
		return NULL;
	for (c = list->first; c && i > 0; c = c->next)
		i--;
	return c;
}

/* One step along a path; *path moves behind it. NULL: there is no such thing. */
static const struct conf_node *step(const struct conf_node *node, const char **path)
{
	char key[CONF_PATH_MAX_B];
	const char *p = *path;
	size_t n;

	if (*p == '[') {
		size_t i = 0;

		for (p++; ascii_is_digit(*p) && i < CONF_NODES_MAX; p++)
			i = i * 10 + (size_t)(*p - '0');
		*path = *p == ']' ? p + 1 : p;
		return conf_item(node, i);
	}
	p += *p == '.';
	n = strcspn(p, ".[");
	*path = p + n;
	if (n == 0 || n >= sizeof(key))
		return NULL;
	memcpy(key, p, n);
	key[n] = '\0';
	return conf_entry(node, key);
}

struct conf_mark conf_locate(const struct conf_node *node, const char *path)
{
	while (*path) {
		const struct conf_node *next = step(node, &path);

		if (!next)
			break;
		node = next;
	}
	return node->kind == CONF_NULL && node->key ? node->key_mark : node->mark;
}
