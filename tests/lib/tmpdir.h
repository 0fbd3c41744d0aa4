/* Directories for what tests write, below $TMPDIR or /tmp. */
#pragma once

/* A new empty directory, mode 0700, removed with all its contents when the process that made it exits (a
 * failed assertion included; a process killed by a signal leaves it behind). Aborts if it cannot be made. The
 * text belongs to the module. Short enough for the path of a unix socket inside it. */
const char *tmpdir_new(void);

/* dir/name, malloc'ed. */
char *tmpdir_path(const char *dir, const char *name);

/* Removes a tree, not following symbolic links; what is not there is no error. */
void tmpdir_remove(const char *dir);
