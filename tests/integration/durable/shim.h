/* A shim over the file calls of this process: what goes to files named data.mdb below one directory is written down
 * in order, with what makes it durable. The calls of the C library that LMDB uses are defined in shim.c and so take
 * the place of the library's own.
 *
 * What a power loss leaves is then computed from the log: a write is on disk for sure once a flush of its file (or its
 * own, for a descriptor opened with O_DSYNC) has returned; until then any part of it may be, in sectors of
 * 512 bytes, in any order relative to other writes of the same kind. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum shim_kind {
	SHIM_WRITE,
	SHIM_FLUSH,  /* all earlier writes to the file are on disk */
	SHIM_SYNCED, /* the write number `write` is on disk */
	SHIM_NOTE,   /* of the test: what was promised (mark, value) */
};

#define SHIM_FILES 3
extern const char *const shim_files[SHIM_FILES]; /* "ledger", "journal", "series" */

struct shim_event {
	enum shim_kind kind;
	int file;
	off_t offset;
	size_t len;
	uint8_t *data;
	size_t write;
	int mark;
	uint64_t value;
};

struct shim_log {
	struct shim_event *at;
	size_t n, size;
};

extern struct shim_log shim_log;

/* Begins a new log of what happens below dir. */
void shim_record(const char *dir);
/* No recording; flushes do nothing from here on, for speed. */
void shim_pause(void);
void shim_free(void);
void shim_note(int mark, uint64_t value);

/* ---- What a power loss leaves --------------------------------------------------------------------------- */

enum shim_loss {
	SHIM_LOSE_ALL,	/* nothing but what is on disk for sure */
	SHIM_LOSE_NONE, /* all that was written */
	SHIM_LOSE_SOME, /* some, torn and in any order, by chance */
};

/* The files on disk as they are for sure after so many events. */
struct shim_disk {
	const struct shim_log *log;
	size_t n; /* events seen */
	struct shim_image {
		uint8_t *data;
		size_t len, size;
		size_t *pending; /* writes that may be lost; ascending */
		size_t n_pending, size_pending;
	} files[SHIM_FILES];
};

void shim_disk_init(struct shim_disk *d, const struct shim_log *log);
void shim_disk_fini(struct shim_disk *d);
/* The next event happens. */
void shim_disk_step(struct shim_disk *d);
/* Lays the files down below dir, as a loss at this moment might leave them. */
void shim_disk_lay(const struct shim_disk *d, const char *dir, enum shim_loss loss, uint64_t seed);
