// Tells ThreadSanitizer of the slow ways through Swift's Mutex.
//
// Where nobody waits, locking and unlocking are inlined atomics, which ThreadSanitizer sees. Where somebody
// does, libswiftSynchronization asks the kernel (FUTEX_LOCK_PI), and that library is not instrumented: what one
// holder wrote then looks as if it raced with the next. Loaded before that library, by scripts/test.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

extern void __tsan_acquire(void *) __attribute__((weak));
extern void __tsan_release(void *) __attribute__((weak));

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

typedef SWIFT void Lock(uint32_t, SELF void *);
typedef SWIFT bool Try(SELF void *);
typedef SWIFT void Unlock(SELF void *);

static Lock *lock;
static Try *try;
static Unlock *unlock;

__attribute__((constructor)) static void begin(void) {
    lock = (Lock *)dlsym(RTLD_NEXT, LOCK);
    try = (Try *)dlsym(RTLD_NEXT, TRY);
    unlock = (Unlock *)dlsym(RTLD_NEXT, UNLOCK);
}

SWIFT void mutex_lock(uint32_t thread, SELF void *handle) __asm__(LOCK);
SWIFT void mutex_lock(uint32_t thread, SELF void *handle) {
    lock(thread, handle);
    if (__tsan_acquire) __tsan_acquire(handle);
}

SWIFT bool mutex_try(SELF void *handle) __asm__(TRY);
SWIFT bool mutex_try(SELF void *handle) {
    bool taken = try(handle);
    if (taken && __tsan_acquire) __tsan_acquire(handle);
    return taken;
}

SWIFT void mutex_unlock(SELF void *handle) __asm__(UNLOCK);
SWIFT void mutex_unlock(SELF void *handle) {
    if (__tsan_release) __tsan_release(handle);
    unlock(handle);
}
