/* In the place of hal_bare/registers.h: the registers of a model. */
#ifndef REGISTERS_H
#define REGISTERS_H

#include <stdint.h>

uint32_t register_read(uint32_t base, uint32_t offset);
void register_write(uint32_t base, uint32_t offset, uint32_t value);

#endif
