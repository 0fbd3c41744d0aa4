#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "testlib/rng.h"

#define SECTOR 512

const char *const shim_files[SHIM_FILES] = {"ledger", "journal", "series"};
struct shim_log shim_log;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char recorded[512];
static bool is_recording, is_paused;

/* ---- Writing down ----------------------------------------------------------------------------------------- */

static void *check(void *p)
{
	if (!p)
		abort();
	return p;
}

/* Which of our files a descriptor is; -1: none. A file is made under <name>.new. */
static int file_of(int fd)
{
	char link[64], path[512];
	ssize_t n;

	if (!is_recording)
		return -1;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (n <= 0)
		return -1;
	path[n] = '\0';
	size_t prefix = strlen(recorded);
	if (strncmp(path, recorded, prefix) != 0 || path[prefix] != '/')
		return -1;
	for (int i = 0; i < SHIM_FILES; i++) {
		char want[64];

		snprintf(want, sizeof(want), "/%s/data.mdb", shim_files[i]);
		if (strcmp(path + prefix, want) == 0)
			return i;
		snprintf(want, sizeof(want), "/%s.new/data.mdb", shim_files[i]);
		if (strcmp(path + prefix, want) == 0)
			return i;
	}
	return -1;
}

/* Its number. */
static size_t add(const struct shim_event *e)
{
	pthread_mutex_lock(&lock);
	if (shim_log.n == shim_log.size) {
		shim_log.size = shim_log.size ? 2 * shim_log.size : 1024;
		shim_log.at = check(reallocarray(shim_log.at, shim_log.size, sizeof(*e)));
	}
	size_t at = shim_log.n++;
	shim_log.at[at] = *e;
	pthread_mutex_unlock(&lock);
	return at;
}

static size_t add_write(int file, const void *data, size_t len, off_t offset)
{
	struct shim_event e = {.kind = SHIM_WRITE,
			       .file = file,
			       .offset = offset,
			       .len = len,
			       .data = check(malloc(len))};

	memcpy(e.data, data, len);
	return add(&e);
}

static void add_synced(int fd, int file, size_t write)
{
	if (syscall(SYS_fcntl, fd, F_GETFL) & O_DSYNC)
		add(&(struct shim_event){.kind = SHIM_SYNCED, .file = file, .write = write});
}

void shim_record(const char *dir)
{
	shim_free();
	snprintf(recorded, sizeof(recorded), "%s", dir);
	is_recording = true;
	is_paused = false;
}

void shim_pause(void)
{
	is_recording = false;
	is_paused = true;
}

void shim_free(void)
{
	for (size_t i = 0; i < shim_log.n; i++)
		free(shim_log.at[i].data);
	free(shim_log.at);
	shim_log = (struct shim_log){0};
}

void shim_note(int mark, uint64_t value)
{
	if (is_recording)
		add(&(struct shim_event){.kind = SHIM_NOTE, .mark = mark, .value = value});
}

/* ---- The calls -------------------------------------------------------------------------------------------- */

/* A write may reach the disk from the moment it is asked for; a flush counts once it has returned. */
/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
ssize_t pwrite(int fd, const void *data, size_t len, off_t offset)
{
	int file = file_of(fd);
	size_t write = file >= 0 ? add_write(file, data, len, offset) : 0;
	ssize_t n = syscall(SYS_pwrite64, fd, data, len, offset);

	if (file >= 0) {
		if (n != (ssize_t)len)
			abort();
		add_synced(fd, file, write);
	}
	return n;
}

/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
ssize_t writev(int fd, const struct iovec *iov, int n_iov)
{
	int file = file_of(fd);
	off_t offset = file >= 0 ? lseek(fd, 0, SEEK_CUR) : 0;

	for (int i = 0; file >= 0 && i < n_iov; i++) {
		add_write(file, iov[i].iov_base, iov[i].iov_len, offset);
		offset += (off_t)iov[i].iov_len;
	}
	ssize_t n = syscall(SYS_writev, fd, iov, n_iov);
	if (file >= 0 && lseek(fd, 0, SEEK_CUR) != offset)
		abort();
	return n;
}

static int flush(int fd, long number)
{
	int file = file_of(fd);

	if (is_paused)
		return 0;
	/* what this call covers was written before it began */
	pthread_mutex_lock(&lock);
	size_t before = shim_log.n;
	pthread_mutex_unlock(&lock);
	long r = syscall(number, fd);
	if (r == 0 && file >= 0)
		add(&(struct shim_event){.kind = SHIM_FLUSH, .file = file, .write = before});
	return (int)r;
}

/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
int fdatasync(int fd)
{
	return flush(fd, SYS_fdatasync);
}

/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
int fsync(int fd)
{
	return flush(fd, SYS_fsync);
}

/* ---- What a power loss leaves --------------------------------------------------------------------------- */

void shim_disk_init(struct shim_disk *d, const struct shim_log *log)
{
	memset(d, 0, sizeof(*d));
	d->log = log;
}

void shim_disk_fini(struct shim_disk *d)
{
	for (int i = 0; i < SHIM_FILES; i++) {
		free(d->files[i].data);
		free(d->files[i].pending);
	}
}

static void image_write(struct shim_image *f, const uint8_t *data, size_t len, size_t offset)
{
	if (offset + len > f->size) {
		size_t size = 2 * (offset + len);

		f->data = check(realloc(f->data, size));
		memset(f->data + f->size, 0, size - f->size);
		f->size = size;
	}
	memcpy(f->data + offset, data, len);
	if (offset + len > f->len)
		f->len = offset + len;
}

static void image_apply(struct shim_image *f, const struct shim_event *e)
{
	image_write(f, e->data, e->len, (size_t)e->offset);
}

/* Pending writes below `before` (or the one numbered `only`) are on disk now. */
static void settle(struct shim_disk *d, struct shim_image *f, size_t before, size_t only)
{
	size_t kept = 0;

	for (size_t i = 0; i < f->n_pending; i++) {
		size_t write = f->pending[i];

		if (write < before || write == only)
			image_apply(f, &d->log->at[write]);
		else
			f->pending[kept++] = write;
	}
	f->n_pending = kept;
}

void shim_disk_step(struct shim_disk *d)
{
	const struct shim_event *e = &d->log->at[d->n];
	struct shim_image *f = &d->files[e->file];

	switch (e->kind) {
	case SHIM_WRITE:
		if (f->n_pending == f->size_pending) {
			f->size_pending = f->size_pending ? 2 * f->size_pending : 64;
			f->pending =
				check(reallocarray(f->pending, f->size_pending, sizeof(size_t)));
		}
		f->pending[f->n_pending++] = d->n;
		break;
	case SHIM_FLUSH:
		settle(d, f, e->write, SIZE_MAX);
		break;
	case SHIM_SYNCED:
		settle(d, f, 0, e->write);
		break;
	case SHIM_NOTE:
		break;
	}
	d->n++;
}

static void apply_torn(struct shim_image *f, const struct shim_event *e, struct rng *r)
{
	size_t at = 0;

	while (at < e->len) {
		size_t offset = (size_t)e->offset + at;
		size_t n = SECTOR - offset % SECTOR;

		n = n < e->len - at ? n : e->len - at;
		if (rng_below(r, 2))
			image_write(f, e->data + at, n, offset);
		at += n;
	}
}

static void apply_some(const struct shim_disk *d, struct shim_image *f, struct rng *r)
{
	for (size_t i = f->n_pending; i > 1; i--) {
		size_t k = rng_below(r, i), swap = f->pending[i - 1];

		f->pending[i - 1] = f->pending[k];
		f->pending[k] = swap;
	}
	for (size_t i = 0; i < f->n_pending; i++) {
		const struct shim_event *e = &d->log->at[f->pending[i]];

		switch (rng_below(r, 3)) {
		case 0:
			image_apply(f, e);
			break;
		case 1:
			apply_torn(f, e, r);
			break;
		default:
			break;
		}
	}
}

static struct shim_image copy_of(const struct shim_image *from)
{
	struct shim_image f = *from;

	f.data = check(malloc(from->size + 1));
	f.pending = check(malloc((from->n_pending + 1) * sizeof(size_t)));
	f.size_pending = from->n_pending + 1;
	if (from->len)
		memcpy(f.data, from->data, from->size);
	if (from->n_pending)
		memcpy(f.pending, from->pending, from->n_pending * sizeof(size_t));
	return f;
}

static void put_file(const char *dir, const char *name, const struct shim_image *f)
{
	char path[600];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (mkdir(path, 0700) < 0)
		abort();
	snprintf(path, sizeof(path), "%s/%s/data.mdb", dir, name);
	FILE *file = check(fopen(path, "wb"));
	if (fwrite(f->data, 1, f->len, file) != f->len || fclose(file) != 0)
		abort();
}

void shim_disk_lay(const struct shim_disk *d, const char *dir, enum shim_loss loss, uint64_t seed)
{
	struct rng r;

	rng_init(&r, seed);
	if (mkdir(dir, 0700) < 0)
		abort();
	for (int i = 0; i < SHIM_FILES; i++) {
		struct shim_image f = copy_of(&d->files[i]);

		for (size_t k = 0; loss == SHIM_LOSE_NONE && k < f.n_pending; k++)
			image_apply(&f, &d->log->at[f.pending[k]]);
		if (loss == SHIM_LOSE_SOME)
			apply_some(d, &f, &r);
		put_file(dir, shim_files[i], &f);
		free(f.data);
		free(f.pending);
	}
}
