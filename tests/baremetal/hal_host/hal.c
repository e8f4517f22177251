/* The rest of the HAL: time and caches of the build machine. */
#define _DEFAULT_SOURCE
#include "hal.h"

#include <time.h>

#include "model.h"

void hal_init(void)
{
}

uint64_t hal_ticks(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

uint32_t hal_ticks_per_second(void)
{
    return 1000000000;
}

void hal_flush(const void *buffer, size_t size)
{
    model_flush(buffer, size);
}

void hal_invalidate(void *buffer, size_t size)
{
    model_invalidate(buffer, size);
}
