#include "deadline.h"

#include "hal.h"

/* A look takes 100 ns at least, with the registers that are read meanwhile: a minute or more. */
#define LOOKS_AT_MOST UINT32_C(0x20000000)

struct deadline deadline_in(uint32_t milliseconds)
{
    /* No division of 64 bits: a Cortex-A9 has none at all. */
    uint64_t ticks = (uint64_t)(hal_ticks_per_second() / 1000U) * milliseconds;
    return (struct deadline){hal_ticks(), ticks, 0};
}

bool deadline_passed(struct deadline *deadline)
{
    deadline->looks++;
    return deadline->looks > LOOKS_AT_MOST || hal_ticks() - deadline->start > deadline->ticks;
}
