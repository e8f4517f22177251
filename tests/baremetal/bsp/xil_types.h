/* Headers of this folder: signatures as AMD documents them (UG643, and the drivers' API pages), over
 * the model in hal_host. */
#ifndef XIL_TYPES_H
#define XIL_TYPES_H

#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;
typedef uintptr_t UINTPTR;
typedef intptr_t INTPTR;

#endif
