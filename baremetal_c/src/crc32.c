#include "crc32.h"

/* Half a byte at a time: 64 bytes of table, since a soft processor has little memory. */
static const uint32_t TABLE[16] = {
    0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC, 0x76DC4190, 0x6B6B51F4, 0x4DB26158, 0x5005713C,
    0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C, 0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C,
};

uint32_t crc32_add(uint32_t value, uint8_t byte)
{
    value ^= byte;
    value = (value >> 4) ^ TABLE[value & 15U];
    return (value >> 4) ^ TABLE[value & 15U];
}
