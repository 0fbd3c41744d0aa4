/* Classes of ASCII characters. <ctype.h> asks the locale and must not be given a negative char; these do not
 * and may. Header only; any thread. */
#pragma once

#include "base/base.h"

static inline bool ascii_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool ascii_is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}
