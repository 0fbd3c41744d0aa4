/* Gives every file of the folders on the command line to a fuzz target, in the order of their
 * names. Fails if there was none: a lost corpus would look like success. */
#include "fuzz.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The largest input of a corpus; frames are at most 1 MiB. */
#define INPUT_MAX_B (4u << 20)

/* Runs one file. The input is in memory of exactly its size, so that ASan sees a read past it. */
static int replay_file(const char *path, uint8_t *scratch)
{
	FILE *file = fopen(path, "rb");
	if (!file)
		return -errno;
	size_t size = fread(scratch, 1, INPUT_MAX_B, file);
	int failed = ferror(file);
	fclose(file);
	if (failed)
		return -EIO;

	uint8_t *input = malloc(size ? size : 1);
	if (!input)
		return -ENOMEM;
	memcpy(input, scratch, size);
	LLVMFuzzerTestOneInput(input, size);
	free(input);
	return 0;
}

/* Runs the files of one folder and adds their number to *n_files. */
static int replay_folder(const char *folder, uint8_t *scratch, unsigned *n_files)
{
	struct dirent **entries;
	int n = scandir(folder, &entries, NULL, alphasort);
	int err = n < 0 ? -errno : 0;

	for (int i = 0; i < n; i++) {
		char path[4096];
		snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
		if (!err && entries[i]->d_name[0] != '.') {
			err = replay_file(path, scratch);
			*n_files += 1;
			if (err)
				fprintf(stderr, "%s: %s\n", path, strerror(-err));
		}
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	else
		fprintf(stderr, "%s: %s\n", folder, strerror(-err));
	return err;
}

int main(int argc, char **argv)
{
	uint8_t *scratch = malloc(INPUT_MAX_B);
	unsigned n_files = 0;
	int err = scratch ? 0 : -ENOMEM;

	for (int i = 1; i < argc && !err; i++)
		err = replay_folder(argv[i], scratch, &n_files);
	free(scratch);
	printf("%u inputs\n", n_files);
	return err || n_files == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
