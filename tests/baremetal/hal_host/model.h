/* A model of DMA, core and memory, with faults on demand. */
#ifndef MODEL_H
#define MODEL_H

#include <stdbool.h>
#include <stddef.h>

/* Have the n-th transfer (from 0) go wrong, "" for none; false for a fault there is not. */
bool model_fault(const char *name, unsigned transfer);

/* Move a buffer between the program's memory and the DMA's. */
void model_flush(const void *buffer, size_t size);
void model_invalidate(void *buffer, size_t size);

#endif
