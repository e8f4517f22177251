#include "link.h"

#include "accelerator.h"
#include "deadline.h"
#include "hal.h"

#define MASK (ACCELERATOR_WINDOW - 1U)
_Static_assert((ACCELERATOR_WINDOW & MASK) == 0, "the window must be a power of two");

/* A byte that the UART does not take for so long will never be taken. */
#define SEND_MS 1000U

static uint8_t ring[ACCELERATOR_WINDOW];
static uint32_t written, taken; /* count on; their difference is what the ring holds */
static uint32_t overruns;
static uint32_t unseen; /* bytes sent since the receiver was looked at */
static bool dead;

void link_drain(void)
{
    /* Bytes that find no room stay in the UART, which will tell of its overrun. */
    while (written - taken < ACCELERATOR_WINDOW) {
        int byte = hal_getc();
        if (byte < 0) {
            break;
        }
        ring[written++ & MASK] = (uint8_t)byte;
    }
    if (hal_overrun()) {
        overruns++;
    }
    unseen = 0;
}

int link_get(void)
{
    if (written == taken) {
        return -1;
    }
    return ring[taken++ & MASK];
}

void link_put(uint8_t byte)
{
    if (++unseen >= LINK_BURST) {
        link_drain();
    }
    if (hal_putc(byte)) {
        dead = false;
        return;
    }
    if (dead) {
        return;
    }
    struct deadline deadline = deadline_in(SEND_MS);
    while (!hal_putc(byte)) {
        link_drain();
        if (deadline_passed(&deadline)) {
            dead = true; /* what follows is dropped at once, until the UART takes bytes again */
            return;
        }
    }
}

void link_text(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\n') {
            link_put('\r');
        }
        link_put((uint8_t)*text);
    }
}

uint32_t link_window(void)
{
    return ACCELERATOR_WINDOW;
}

uint32_t link_overruns(void)
{
    return overruns;
}
