/* The application: says who it is, tests itself, then serves keys and requests for ever. */
#include "hal.h"
#include "protocol.h"
#include "terminal.h"

int main(void)
{
    hal_init();
    terminal_welcome();
    for (;;) {
        protocol_step();
    }
}
