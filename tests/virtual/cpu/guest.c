/* A monitor for the tests of the virtual boards: executes commands that arrive on the console.
 *
 * Request: one byte of operation, three 32-bit words. Answer: one 32-bit word. */
#include <stdint.h>

#define REG(address) (*(volatile uint32_t *)(uintptr_t)(address))
void *memcpy(void *to, const void *from, __SIZE_TYPE__ n);
void *memset(void *to, int value, __SIZE_TYPE__ n);

#if defined(__arm__)
#define UART 0xE0000000u
#define LINE 32u
__asm__(".section .start, \"ax\"\n.global _start\n_start: ldr sp, =stack_top\n"
        "mrc p15, 0, r0, c1, c0, 2\norr r0, r0, #0xF00000\nmcr p15, 0, r0, c1, c0, 2\nisb\n"
        ".fpu vfpv3\nmov r0, #0x40000000\nvmsr fpexc, r0\nbl start\n");
#elif defined(__aarch64__)
#define UART 0xFF000000u
#define LINE 64u
__asm__(".section .start, \"ax\"\n.global _start\n_start: ldr x0, =stack_top\nmov sp, x0\nbl start\n");
#else
#define UART 0x40600000u
#define LINE 16u
__asm__(".section .start, \"ax\"\n.global _start\n_start: la sp, stack_top\ncall start\n");
#endif

extern uint32_t bss_start[], bss_end[];

#if defined(__arm__) || defined(__aarch64__)
static void put(uint8_t byte) {
    while (REG(UART + 0x2C) & 1u << 4) {}
    REG(UART + 0x30) = byte;
}
static uint8_t get(void) {
    while (REG(UART + 0x2C) & 1u << 1) {}
    return (uint8_t)REG(UART + 0x30);
}
#else
static void put(uint8_t byte) {
    while (REG(UART + 8) & 8u) {}
    REG(UART + 4) = byte;
}
static uint8_t get(void) {
    while (!(REG(UART + 8) & 1u)) {}
    return (uint8_t)REG(UART);
}
#endif

#if defined(__arm__)
static uint32_t table[4096] __attribute__((aligned(16384)));
static void caches_on(uint32_t uncached_megabyte) {
    for (uint32_t i = 0; i < 4096; i++) {
        uint32_t kind = i < 0x400 && i != uncached_megabyte ? 0x15DE6u : i < 0x400 ? 0x11DE2u : 0xC02u;
        table[i] = i << 20 | kind;
    }
    __asm__ volatile("mcr p15, 0, %0, c2, c0, 0\nmcr p15, 0, %1, c3, c0, 0\nmcr p15, 0, %2, c8, c7, 0\nisb\n"
                     "mrc p15, 0, r3, c1, c0, 0\norr r3, r3, #5\nmcr p15, 0, r3, c1, c0, 0\nisb"
                     ::"r"((uint32_t)table | 0x5B), "r"(0xFFFFFFFFu), "r"(0) : "r3", "memory");
}
static inline void caches_off(void) {
    __asm__ volatile("mrc p15, 0, r3, c1, c0, 0\nbic r3, r3, #5\nmcr p15, 0, r3, c1, c0, 0\nisb" ::: "r3", "memory");
}
static void clean(uint32_t a) { __asm__ volatile("mcr p15, 0, %0, c7, c10, 1" ::"r"(a) : "memory"); }
static void invalidate(uint32_t a) { __asm__ volatile("mcr p15, 0, %0, c7, c6, 1" ::"r"(a) : "memory"); }
static void flush(uint32_t a) { __asm__ volatile("mcr p15, 0, %0, c7, c14, 1" ::"r"(a) : "memory"); }
static inline void flush_all(void) {
    for (uint32_t way = 0; way < 4; way++)
        for (uint32_t set = 0; set < 256; set++)
            __asm__ volatile("mcr p15, 0, %0, c7, c14, 2" ::"r"(way << 30 | set << 5) : "memory");
}
static uint32_t ticks(void) { return REG(0xF8F00200u); }
#elif defined(__aarch64__)
static uint64_t table[512] __attribute__((aligned(4096)));
static uint64_t megabytes[512] __attribute__((aligned(4096)));
static void caches_on(uint32_t uncached_megabyte) {
    for (uint64_t i = 0; i < 512; i++) {
        table[i] = i << 30 | (i < 2 ? 0x705 : 0x60000000000401);
        megabytes[i] = i << 21 | (i == uncached_megabyte / 2 ? 0x709 : 0x705);
    }
    table[0] = (uintptr_t)megabytes | 3;
    __asm__ volatile("msr mair_el3, %0\nmsr tcr_el3, %1\nmsr ttbr0_el3, %2\ntlbi alle3\ndsb sy\nisb\n"
                     "mov x10, #5\nmrs x9, sctlr_el3\norr x9, x9, x10\nmsr sctlr_el3, x9\nisb"
                     ::"r"(0x44FF00ul), "r"(0x80823519ul), "r"((uintptr_t)table) : "x9", "x10", "memory");
}
static inline void caches_off(void) {
    __asm__ volatile("mov x10, #5\nmrs x9, sctlr_el3\nbic x9, x9, x10\nmsr sctlr_el3, x9\nisb" ::: "x9", "x10", "memory");
}
static void clean(uint32_t a) { __asm__ volatile("dc cvac, %0" ::"r"((uint64_t)a) : "memory"); }
static void invalidate(uint32_t a) { __asm__ volatile("dc ivac, %0" ::"r"((uint64_t)a) : "memory"); }
static void flush(uint32_t a) { __asm__ volatile("dc civac, %0" ::"r"((uint64_t)a) : "memory"); }
static inline void flush_all(void) {
    for (uint64_t level = 0; level < 2; level++)
        for (uint64_t way = 0; way < (level ? 16 : 4); way++)
            for (uint64_t set = 0; set < (level ? 1024 : 128); set++)
                __asm__ volatile("dc cisw, %0" ::"r"(way << (level ? 28 : 30) | set << 6 | level << 1) : "memory");
}
static uint32_t ticks(void) {
    uint64_t now;
    __asm__ volatile("mrs %0, cntpct_el0" : "=r"(now));
    return (uint32_t)now;
}
#else
static void caches_on(uint32_t unused) { (void)unused; }
static void caches_off(void) {}
static void clean(uint32_t a) { (void)a; }
static void invalidate(uint32_t a) { (void)a; }
static void flush(uint32_t a) { (void)a; }
static void flush_all(void) {}
static uint32_t ticks(void) {
    uint32_t now;
    __asm__ volatile("csrr %0, mcycle" : "=r"(now));
    return now;
}
#endif

#ifdef VECTORS
__attribute__((used, noreturn)) void trapped(uint32_t kind, uint32_t pc, uint32_t address) {
    uint32_t words[3] = {kind, pc, address};
    put('!');
    for (unsigned i = 0; i < 12; i++) put((uint8_t)(words[i / 4] >> 8 * (i % 4)));
    for (;;) {}
}
#if defined(__arm__)
__asm__(".balign 32\nvectors: b .\nmov r0, #1\nb 1f\nmov r0, #3\nmov r0, #4\nb 1f\nb .\nb .\n"
        "1: cmp r0, #4\nsubeq lr, lr, #4\nsub r1, lr, #4\nmrc p15, 0, r2, c6, c0, 0\nldr sp, =stack_top\nb trapped\n"
        ".ltorg\n");
static void install(void) {
    __asm__ volatile("ldr r3, =vectors\nmcr p15, 0, r3, c12, c0, 0\nisb" ::: "r3", "memory");
}
#elif defined(__aarch64__)
__asm__(".balign 2048\nvectors: .rept 16\n.balign 128\nb 1f\n.endr\n"
        "1: mrs x0, esr_el3\nlsr x0, x0, #26\nmrs x1, elr_el3\nmrs x2, far_el3\nldr x3, =stack_top\nmov sp, x3\n"
        "b trapped\n.ltorg\n");
static void install(void) {
    __asm__ volatile("ldr x9, =vectors\nmsr vbar_el3, x9\nisb" ::: "x9", "memory");
}
#else
__asm__(".balign 4\nvectors: csrr a0, mcause\ncsrr a1, mepc\ncsrr a2, mtval\nla sp, stack_top\nj trapped\n");
static void install(void) {
    __asm__ volatile("la t0, vectors\ncsrw mtvec, t0" ::: "t0", "memory");
}
#endif
#else
static void install(void) {}
#endif

static uint32_t get_word(void) {
    uint32_t word = 0;
    for (unsigned i = 0; i < 4; i++) word |= (uint32_t)get() << 8 * i;
    return word;
}

static uint32_t lines(void (*operation)(uint32_t), uint32_t from, uint32_t size) {
    for (uint32_t at = from & ~(LINE - 1); at < from + size; at += LINE) operation(at);
    return 0;
}

static volatile uint32_t cleared;

static uint32_t obey(uint8_t operation, uint32_t a, uint32_t b, uint32_t c) {
    switch (operation) {
    case 'r': return REG(a);
    case 'w': REG(a) = b; return 0;
    case 'b': return *(volatile uint8_t *)(uintptr_t)a;
    case 'M': for (uint32_t i = 0; i < b; i++) REG(a + 4 * i) = c + i; return 0;
    case 's': for (c = 0; b--; a += 4) c += REG(a); return c;
    case 'c': return lines(clean, a, b);
    case 'i': return lines(invalidate, a, b);
    case 'f': return lines(flush, a, b);
    case 'F': flush_all(); return 0;
    case 'C': caches_on(a); return 0;
    case 'N': caches_off(); flush_all(); return 0;
    case 't': return ticks();
    case 'l': for (uint32_t i = 0; i < a; i++) __asm__ volatile("" ::: "memory"); return ticks();
    case '*': return a * b;
    case '/': return a / (b | 1);
    case 'z': return cleared;
    case 'x': ((void (*)(void))(uintptr_t)a)(); return 0;
    case 'e': for (uint32_t i = 0; i < a; i++) put(get()); return 0;
    case 'u': {  /* an undefined instruction */
#if defined(__arm__)
        __asm__ volatile(".inst 0xE7F000F0");
#elif defined(__aarch64__)
        __asm__ volatile(".inst 0x00000000");
#else
        __asm__ volatile(".word 0xFFFFFFFF");
#endif
        return 0;
    }
    default: return 0xBAD0BAD0u;
    }
}

void *memcpy(void *to, const void *from, __SIZE_TYPE__ n) {
    for (__SIZE_TYPE__ i = 0; i < n; i++) ((volatile char *)to)[i] = ((const char *)from)[i];
    return to;
}
void *memset(void *to, int value, __SIZE_TYPE__ n) {
    for (__SIZE_TYPE__ i = 0; i < n; i++) ((volatile char *)to)[i] = (char)value;
    return to;
}

__attribute__((used, noreturn)) void start(void) {
#ifndef KEEP_BSS
    for (volatile uint32_t *at = bss_start; at < bss_end; at++) *at = 0;
#endif
    install();
    for (const char *text = "monitor\r\n"; *text; text++) put((uint8_t)*text);
    for (;;) {
        uint8_t operation = get();
        uint32_t a = get_word(), b = get_word(), c = get_word();
        uint32_t answer = obey(operation, a, b, c);
        for (unsigned i = 0; i < 4; i++) put((uint8_t)(answer >> 8 * i));
    }
}
