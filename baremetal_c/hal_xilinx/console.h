/* The console of hal_xilinx: console_ps.c or console_lite.c. */
#ifndef CONSOLE_H
#define CONSOLE_H

void console_init(void);

#endif
