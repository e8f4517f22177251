#include "deadline.h"

#include "hal.h"

/* A look takes 100 ns at least, with the registers that are read meanwhile: a minute or more. */
#define LOOKS_AT_MOST UINT32_C(0x20000000)

struct deadline deadline_in(uint32_t milliseconds)
{
    uint64_t ticks = (uint64_t)hal_ticks_per_second() * milliseconds / 1000U;
    return (struct deadline){hal_ticks(), ticks, 0};
}

bool deadline_passed(struct deadline *deadline)
{
    deadline->looks++;
    return deadline->looks > LOOKS_AT_MOST || hal_ticks() - deadline->start > deadline->ticks;
}
