#include "proto/spool.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

void spool_init(struct spool *s, size_t cap)
{
	*s = (struct spool){.cap = cap};
	list_init(&s->waiting);
	list_init(&s->in_flight);
}

static void forget(struct spool *s, struct batch *b)
{
	list_remove(&b->node);
	s->bytes -= b->size;
	free(b);
}

void spool_fini(struct spool *s)
{
	list_foreach(it, &s->in_flight) forget(s, list_entry(it, struct batch, node));
	list_foreach(it, &s->waiting) forget(s, list_entry(it, struct batch, node));
}

/* What waits may go, what is on the wire stays. Nothing goes if that is not enough. */
static bool make_room(struct spool *s, size_t size)
{
	if (s->in_flight_bytes + size > s->cap)
		return false;
	list_foreach(it, &s->waiting)
	{
		struct batch *b = list_entry(it, struct batch, node);

		if (s->bytes + size <= s->cap)
			break;
		s->dropped++;
		s->dropped_samples += b->samples;
		forget(s, b);
	}
	return true;
}

int spool_add(struct spool *s, const struct batch *head, const uint8_t *frame)
{
	struct batch *b;

	if (!make_room(s, head->size)) {
		s->dropped++;
		s->dropped_samples += head->samples;
		return 0;
	}
	b = malloc(sizeof(*b) + head->size);
	if (!b)
		return -ENOMEM;
	*b = *head;
	memcpy(b->frame, frame, head->size);
	list_insert(&s->waiting, &b->node);
	s->bytes += b->size;
	return 0;
}

const struct batch *spool_send(struct spool *s)
{
	struct batch *b;
	size_t limit;

	if (list_is_empty(&s->waiting) || s->credit == 0)
		return NULL;
	b = list_entry(s->waiting.next, struct batch, node);
	/* What is on the wire cannot be dropped, so it never takes more than half of the room. */
	limit = s->credit < s->cap / 2 ? (size_t)s->credit : s->cap / 2;
	if (s->in_flight_bytes > 0 && s->in_flight_bytes + b->size > limit)
		return NULL;
	list_remove(&b->node);
	list_insert(&s->in_flight, &b->node);
	s->in_flight_bytes += b->size;
	s->resent += b->sent_before;
	return b;
}

static void ack_list(struct spool *s, struct list *l, uint64_t seq)
{
	list_foreach(it, l)
	{
		struct batch *b = list_entry(it, struct batch, node);

		if (b->seq > seq)
			break;
		if (l == &s->in_flight)
			s->in_flight_bytes -= b->size;
		s->acked++;
		forget(s, b);
	}
}

void spool_ack(struct spool *s, uint64_t seq)
{
	ack_list(s, &s->in_flight, seq);
	/* An ack that was lost with the connection may cover what waits to be sent again. */
	ack_list(s, &s->waiting, seq);
}

bool spool_refuse(struct spool *s, uint64_t seq)
{
	list_foreach(it, &s->in_flight)
	{
		struct batch *b = list_entry(it, struct batch, node);

		if (b->seq != seq)
			continue;
		s->in_flight_bytes -= b->size;
		s->refused++;
		forget(s, b);
		return true;
	}
	return false;
}

void spool_rewind(struct spool *s)
{
	struct list *first = s->waiting.next;

	list_foreach(it, &s->in_flight)
	{
		struct batch *b = list_entry(it, struct batch, node);

		b->sent_before = true;
		list_remove(it);
		list_insert(first, it);
	}
	s->in_flight_bytes = 0;
	s->credit = 0;
}
