#include "ctl/command.h"

#include <string.h>

const char *choice_next(const char **at, size_t *ret_n)
{
	const char *word = *at + strspn(*at, " ");

	*ret_n = strcspn(word, " ");
	*at = word + *ret_n;
	return *ret_n ? word : NULL;
}

bool choice_has(const char *choices, const char *word)
{
	const char *at = choices, *choice;
	size_t n;

	while ((choice = choice_next(&at, &n)))
		if (strlen(word) == n && memcmp(word, choice, n) == 0)
			return true;
	return false;
}
