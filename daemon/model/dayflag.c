#include "model/dayflag.h"

#include <string.h>

bool day_flag_is_same(const struct day_flag *a, const struct day_flag *b)
{
	return a->day == b->day && strcmp(a->name, b->name) == 0 && strcmp(a->scope, b->scope) == 0;
}

bool day_flag_replaces(const struct day_flag *a, const struct day_flag *b)
{
	return b->issue_ms >= a->issue_ms;
}
