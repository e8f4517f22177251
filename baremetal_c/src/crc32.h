/* CRC-32 as in zlib, PNG and Ethernet, a byte at a time. */
#ifndef CRC32_H
#define CRC32_H

#include <stdint.h>

#define CRC32_START UINT32_C(0xFFFFFFFF)
/* What is left after data and their own CRC, least significant byte first. */
#define CRC32_RESIDUE UINT32_C(0xDEBB20E3)

/* What each byte does to the register; 1 KiB, so that a byte takes a soft processor five
 * instructions. */
extern const uint32_t crc32_table[256];

/* Return the register after one more byte; the CRC is its complement. */
static inline uint32_t crc32_add(uint32_t value, uint8_t byte)
{
    return value >> 8 ^ crc32_table[(value ^ byte) & 0xFFU];
}

#endif
