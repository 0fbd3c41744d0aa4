/* Inside of configure: the main file and what it includes, as documents. */
#pragma once

#include <sys/types.h>

#include "config/conf.h"

#define CONFIGURE_FILES_MAX 256

struct configure_source {
	struct conf_doc *doc;
	dev_t dev;
	ino_t ino; /* a file that several patterns name is read once */
};

struct configure_files {
	size_t n;
	bool is_broken; /* a file is missing here because it could not be read */
	struct configure_source at[CONFIGURE_FILES_MAX];
};

/* The main file, first. 0, or the code of conf_read(). */
int configure_files_main(struct configure_files *s, const char *path, struct fault_list *faults);

/* Files that match the pattern (glob(7)), relative to the folder of the main file, by name in byte order. where is
 * the place of the pattern; without a file the pattern is one of those that may match nothing. Whatever is wrong
 * is in faults. */
void configure_files_include(struct configure_files *s, const char *pattern, struct conf_mark where,
			     struct fault_list *faults);

void configure_files_fini(struct configure_files *s);

/* "dir/of/main" + "x" = "dir/of/main/x"; absolute paths stay. False if it does not fit into out. */
bool configure_path_join(const char *main_path, const char *path, char *out, size_t n);
