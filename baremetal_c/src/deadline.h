/* Deadlines, for everything that waits. */
#ifndef DEADLINE_H
#define DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

struct deadline {
    uint64_t start, ticks;
    uint32_t looks;
};

struct deadline deadline_in(uint32_t milliseconds);

/* Tell whether it has passed. Ends even where the timer stands still, by counting the looks. */
bool deadline_passed(struct deadline *deadline);

#endif
