/* Configurations in files of a test's own, and their faults as one text. */
#pragma once

#include "engine/configure.h"

/* A folder with sites.d and tariffs.d, and small sound files: main.yaml, tariffs.d/t.yaml, sites.d/a.yaml. */
const char *config_dir_new(void);

/* The text of dir/name; the sound ones of config_dir_new() by the same names. Valid until the next call. */
const char *config_text(const char *name);

void config_write(const char *dir, const char *name, const char *text);

/* Writes the sound text of the file with the first `from` replaced. */
void config_change(const char *dir, const char *name, const char *from, const char *to);

struct loaded {
	int r;
	struct configuration *c;
	struct fault_list faults;
};
/* Loads dir/main.yaml. */
struct loaded config_load(const char *dir);
void loaded_free(struct loaded *l);

/* All faults, a line each, file names without the folder. Valid until the next call. */
const char *loaded_faults(const struct loaded *l, const char *dir);

/* A file of the source tree, whole; malloc'ed. */
char *source_text(const char *path);
