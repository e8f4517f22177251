#include "cpu.h"
#include "link.h"
#include "hal.h"
#include "text.h"

_Noreturn void cpu_fault(uint32_t kind, uintptr_t pc, uintptr_t address)
{
    char line[160];
    struct text text = TEXT(line);
    text_add(&text, "\nerror: processor exception ");
    text_number(&text, kind);
    text_add(&text, " (");
    text_add(&text, cpu_exception(kind));
    text_add(&text, ") at pc ");
    text_hex(&text, pc, 2 * sizeof pc);
    text_add(&text, ", address ");
    text_hex(&text, address, 2 * sizeof address);
    text_add(&text, ": is the bitstream of this program loaded?\n");
    link_text(line);
    for (;;) { /* who comes later and asks is told, too */
        bool asked = false;
        for (link_drain(); link_get() >= 0; link_drain()) {
            asked = true;
        }
        if (asked) {
            link_text(line);
        }
    }
}

void hal_init(void)
{
    uart_init();
    timer_init();
}
