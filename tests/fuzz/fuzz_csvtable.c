/* Any text as a CSV file: reading ends; every row has all the fields that were asked for. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "common/csvtable.h"

static const struct zone *zone;

static void require(bool ok)
{
	if (!ok)
		abort();
}

static int take_row(void *arg, const struct csvtable_row *row)
{
	size_t *n = arg;
	int64_t t_ms;

	(*n)++;
	require(row->line > 1 && row->field[0] && row->field[1]);
	require(strlen(row->field[1]) <= CSVTABLE_FILE_MAX_B);
	(void)csvtable_time(row, row->field[0], zone, &t_ms);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const column[] = {"t", "v"};
	char *text = calloc(1, size + 1);
	struct fault f = {0};
	size_t rows = 0;
	struct csvtable_want want = {.column = column, .n = 2, .row = take_row, .arg = &rows};
	int r;

	require(text != NULL);
	if (size)
		memcpy(text, data, size);
	if (!zone)
		require(zone_load("Europe/Berlin", &zone) == 0);
	r = csvtable_parse("f", text, &want, &f);
	require(r == 0 || f.code == r);
	free(text);
	return 0;
}
