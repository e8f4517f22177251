/* A model of DMA, core and memory, with faults on demand. */
#ifndef MODEL_H
#define MODEL_H

#include <stdbool.h>

/* Have the n-th transfer (from 0) go wrong, "" for none; false for a fault there is not. */
bool model_fault(const char *name, unsigned transfer);

#endif
