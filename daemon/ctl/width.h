/* Columns that text takes on a terminal, and foreign text made harmless. Any thread. */
#pragma once

#include "base/buf.h"

/* Columns of a UTF-8 text: 2 for CJK and other wide characters, 0 for combining ones, 1 for the rest and for
 * every byte that is no UTF-8. */
size_t width_of(const char *s);

/* Appends s with everything that is not printable (control characters, bidirectional overrides, broken UTF-8)
 * written as \xNN, so that no text of a peer can steer the terminal. */
void width_put_safe(struct buf *b, const char *s);
/* The same, line feeds and tabs kept. */
void width_put_safe_lines(struct buf *b, const char *s);
/* Has s nothing that width_put_safe() would rewrite? */
bool width_is_safe(const char *s);
