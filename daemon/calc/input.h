/* The document that a command works on: its first operand, a path or "-" for the standard input. */
#pragma once

#include "calc/command.h"
#include "calc/jread.h"

/* What to call it in complaints. */
const char *input_name(const struct calc *c);

/* Reads it; says what is wrong and returns CALC_INPUT, else 0. *ret is to be released with json_decref(). */
int input_read(const struct calc *c, json_t **ret);

/* Prints a JSON answer with a line break (and releases it), indented as asked for. 0, or CALC_INPUT after saying that
 * it could not be written; answer == NULL means that memory is out. */
int output_print(const struct calc *c, json_t *answer);
