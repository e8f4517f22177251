// Dataflow processes as fibers over bounded FIFOs: one thread, fixed order, exact standstill detection.
//
// A process waits in a FIFO operation; the scheduler goes round until no process can go on. What remains then waits for
// beats from outside, for room outside, or for another process: the last is a deadlock. C++11.
#ifndef SOC_FIBERS_H
#define SOC_FIBERS_H

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <pthread.h>
#include <string>
#include <sys/mman.h>
#include <ucontext.h>

namespace soc_sim {

// What a process can wait for. depth 0: no bound, for streams inside a process.
struct channel {
    std::string name;
    size_t depth;
    size_t count;
    uint64_t written, taken; // since the last reset
    bool is_array;
    channel(const std::string &n, size_t d, bool array)
        : name(n), depth(d), count(0), written(0), taken(0), is_array(array) {}
    bool full() const { return depth != 0 && count >= depth; }
    void one_more() {
        count++;
        written++;
    }
    void one_less() {
        count--;
        taken++;
    }
    void forget() { count = written = taken = 0; }
};

struct process {
    const char *name;
    void (*body)();
    const channel *input;  // the IP's input stream, if this process reads it: its end of run is the sample's ap_ready
    const channel *output; // the IP's output stream, if this process writes it

    uint64_t runs;
    bool inside; // of a run
    bool polling;
    const channel *waits_for;
    bool for_room;
    ucontext_t context;
    void *stack;
};

struct scheduler {
    // hls4ml's layers keep whole matrices of products in local arrays. Pages come with the first touch only.
    static const size_t STACK = size_t(64) << 20;
    static const size_t GUARD = size_t(1) << 16;

    process *processes;
    size_t size;
    process *current;
    ucontext_t outside;
    uint64_t allowed; // runs that ap_start has been accepted for
    bool free_running;
    uint64_t moves;           // FIFO operations done
    uint64_t taken_by_ready;  // input beats that belong to samples taken completely
    uint64_t samples_out;     // written completely
    uint64_t end_of_last;     // output beats there were at the end of the last of them
    uint64_t end_before_last;
    std::string crash; // what ended the emulation, until the next reset
    pthread_t thread;  // that runs it

    void finish_sample(uint64_t beats) {
        samples_out++;
        end_before_last = end_of_last;
        end_of_last = beats;
    }
};

inline scheduler &the_scheduler() {
    static scheduler s = {};
    return s;
}

inline void fail(const char *what, const char *name) {
    std::fprintf(stderr, "hls4ml_soc core: %s %s\n", what, name);
    std::abort();
}

inline void leave() {
    scheduler &s = the_scheduler();
    swapcontext(&s.current->context, &s.outside);
}

inline void wait(const channel &c, bool for_room) {
    scheduler &s = the_scheduler();
    if (s.current == nullptr)
        fail(for_room ? "write outside of a process to the full FIFO" : "read outside of a process from the empty FIFO",
             c.name.c_str());
    s.current->waits_for = &c;
    s.current->for_room = for_room;
    leave();
    s.current->waits_for = nullptr;
}

// A process that looks at a FIFO without waiting lets the others go on first.
inline void poll() {
    scheduler &s = the_scheduler();
    if (s.current == nullptr)
        return;
    s.current->polling = true;
    leave();
    s.current->polling = false;
}

inline void run_for_ever() {
    scheduler &s = the_scheduler();
    for (;;) {
        process &p = *s.current;
        p.inside = true;
        p.body();
        p.inside = false;
        p.runs++;
        if (p.input != nullptr)
            s.taken_by_ready = p.input->taken;
        if (p.output != nullptr)
            s.finish_sample(p.output->written);
        leave();
    }
}

// A process that touches memory it does not own, divides by zero or aborts ends the core, not the program around it.
class guard {
    static const int COUNT = 5;
    struct sigaction before[COUNT];
    stack_t stack_before;
    char *stack;

    static int signal_of(int i) {
        const int signals[COUNT] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
        return signals[i];
    }
    static void caught(int signal, siginfo_t *, void *) {
        scheduler &s = the_scheduler();
        if (s.current == nullptr || !pthread_equal(s.thread, pthread_self())) {
            std::signal(signal, SIG_DFL); // not ours: it comes again
            return;
        }
        const char *why = signal == SIGFPE ? "divided by zero" : signal == SIGABRT ? "aborted" : "left its memory, as by "
                                                                                                 "an index out of bounds";
        s.crash = std::string("process ") + s.current->name + " of the emulation crashed: it " + why;
        s.current = nullptr;
        setcontext(&s.outside);
    }

  public:
    // Overflown stacks are found on a stack of its own.
    guard() : stack(static_cast<char *>(std::malloc(1 << 16))) {
        the_scheduler().thread = pthread_self();
        stack_t own = {};
        own.ss_sp = stack;
        own.ss_size = 1 << 16;
        sigaltstack(&own, &stack_before);
        struct sigaction action = {};
        action.sa_sigaction = caught;
        action.sa_flags = SA_SIGINFO | SA_ONSTACK;
        for (int i = 0; i < COUNT; i++)
            sigaction(signal_of(i), &action, &before[i]);
    }
    ~guard() {
        for (int i = 0; i < COUNT; i++)
            sigaction(signal_of(i), &before[i], nullptr);
        sigaltstack(&stack_before, nullptr);
        std::free(stack);
    }
};

inline bool can_go_on(const process &p) {
    const scheduler &s = the_scheduler();
    if (!p.inside)
        return s.free_running || p.runs < s.allowed;
    if (p.waits_for == nullptr)
        return true;
    return p.for_room ? !p.waits_for->full() : p.waits_for->count != 0;
}

inline void prepare(process &p) {
    if (p.stack == nullptr) {
        void *memory = mmap(nullptr, scheduler::STACK, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
        if (memory == MAP_FAILED)
            fail("no memory for the stack of process", p.name);
        mprotect(memory, scheduler::GUARD, PROT_NONE);
        p.stack = memory;
    }
    getcontext(&p.context);
    p.context.uc_stack.ss_sp = static_cast<char *>(p.stack) + scheduler::GUARD;
    p.context.uc_stack.ss_size = scheduler::STACK - scheduler::GUARD;
    p.context.uc_link = nullptr;
    makecontext(&p.context, run_for_ever, 0);
    p.runs = 0;
    p.inside = p.polling = p.for_room = false;
    p.waits_for = nullptr;
}

// ap_rst_n low: control state and FIFOs; static variables of the C++ keep their values.
inline void reset() {
    scheduler &s = the_scheduler();
    for (size_t i = 0; i < s.size; i++)
        prepare(s.processes[i]);
    s.crash.clear();
    s.allowed = s.taken_by_ready = s.samples_out = s.end_of_last = s.end_before_last = 0;
}

// Goes on until nothing can move any more.
inline void run() {
    scheduler &s = the_scheduler();
    guard crashes;
    bool moving = true;
    while (moving && s.crash.empty()) {
        const uint64_t before = s.moves;
        moving = false;
        for (size_t i = 0; i < s.size; i++) {
            process &p = s.processes[i];
            while (can_go_on(p)) {
                const bool polled = p.polling;
                const uint64_t moves = s.moves;
                s.current = &p;
                swapcontext(&s.outside, &p.context);
                s.current = nullptr;
                if (!s.crash.empty())
                    return;
                if (p.polling && (polled || s.moves == moves))
                    break; // it saw nothing new: the others first
                moving = true;
            }
        }
        moving = moving && s.moves != before;
    }
}

inline void close() {
    scheduler &s = the_scheduler();
    for (size_t i = 0; i < s.size; i++) {
        if (s.processes[i].stack != nullptr)
            munmap(s.processes[i].stack, scheduler::STACK);
        s.processes[i].stack = nullptr;
    }
}

// An array between two processes: two buffers, each filled whole by one and emptied whole by the other (ping-pong).
template <class ARRAY> struct ping_pong : channel {
    struct buffer {
        ARRAY data;
    } buffers[2];
    size_t first;
    explicit ping_pong(const std::string &n) : channel(n, 2, true), buffers(), first(0) {}
    ARRAY &begin_write() {
        while (full())
            wait(*this, true);
        return buffers[(first + count) % 2].data;
    }
    void end_write() {
        one_more();
        the_scheduler().moves++;
    }
    ARRAY &begin_read() {
        while (count == 0)
            wait(*this, false);
        return buffers[first].data;
    }
    void end_read() {
        first = (first + 1) % 2;
        one_less();
        the_scheduler().moves++;
    }
};

} // namespace soc_sim

#endif
