/* CRC-32 as in zlib, PNG and Ethernet, a byte at a time. */
#ifndef CRC32_H
#define CRC32_H

#include <stdint.h>

#define CRC32_START UINT32_C(0xFFFFFFFF)
/* What is left after data and their own CRC, least significant byte first. */
#define CRC32_RESIDUE UINT32_C(0xDEBB20E3)

/* Return the register after one more byte; the CRC is its complement. */
uint32_t crc32_add(uint32_t value, uint8_t byte);

#endif
