/* Audit library (rtld-audit(7)) for the software emulation of XRT 2.13 as Debian 12 has it: its alloc_void() calls realloc()
 * for a longer message and drops the result, so it writes to freed memory. Its own calls of malloc() get room for the
 * longest message at once, and its realloc() then has nothing to do. Nobody else's calls are touched. */
#define _GNU_SOURCE
#include <link.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { ROOM = 64 << 20 };

static void *(*real_malloc)(size_t);

static void *roomy_malloc(size_t size) { return real_malloc(size < ROOM ? ROOM : size); }

static void *patient_realloc(void *block, size_t size)
{
    (void)size;
    return block;
}

unsigned la_version(unsigned version) { return version; }

unsigned la_objopen(struct link_map *map, Lmid_t space, uintptr_t *cookie)
{
    (void)space;
    *cookie = strstr(map->l_name, "libxrt_swemu.so") != NULL;
    return LA_FLG_BINDTO | (*cookie ? LA_FLG_BINDFROM : 0);
}

uintptr_t la_symbind64(Elf64_Sym *symbol, unsigned index, uintptr_t *from, uintptr_t *to, unsigned *flags,
                       const char *name)
{
    (void)index, (void)to, (void)flags;
    if (*from && strcmp(name, "malloc") == 0) {
        real_malloc = (void *(*)(size_t))symbol->st_value;
        return (uintptr_t)roomy_malloc;
    }
    if (*from && strcmp(name, "realloc") == 0)
        return (uintptr_t)patient_realloc;
    return symbol->st_value;
}
