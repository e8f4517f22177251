/* What codec.c and accelerator_api.h ask of a program: here tensors are read at run time. */
#ifndef ACCELERATOR_H
#define ACCELERATOR_H

#include <stdint.h>

#define ACCELERATOR_INPUTS 1
#define ACCELERATOR_OUTPUTS 1

#endif
