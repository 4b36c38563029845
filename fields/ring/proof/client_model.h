/* SPDX-License-Identifier: MIT */
/*
 * client_model: RING_MODEL(capacity) in place of CLIENT_MODEL, for the clients of a ring.
 */
#ifdef AFIELD_EXPLORE
void afield_ring_model(struct afield_model *model, int64_t capacity);

#define RING_MODEL(capacity)                          \
	const struct afield_model *client_model(void) \
	{                                             \
		static struct afield_model model;     \
                                                      \
		afield_ring_model(&model, capacity);  \
		return &model;                        \
	}
#else
#define RING_MODEL(capacity)
#endif
