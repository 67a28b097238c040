/* Stands between a program and the C library and lets the n-th system call on files under one folder go wrong. Loaded
 * with LD_PRELOAD into the child of this test and into nothing else. SQLite and Rust's standard library call these
 * functions by name, so what they write and read passes here.
 *
 * FAULT_UNDER  the folder, absolute
 * FAULT_AT     which call, from 1; 0 counts only
 * FAULT_KIND   what happens there, see `kinds`
 * FAULT_TALLY  where to write how many calls there were: "writes reads\n"
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum kind {
    NOTHING,
    KILL_BEFORE,  /* dies before the call */
    KILL_AFTER,   /* dies after it */
    TORN,         /* half of it is written, then it dies */
    POWER,        /* the power goes before it: all that was written and not made durable is lost */
    POWER_SOME,   /* the same, but some of it is not: disks write in any order */
    FULL,         /* from here on no file grows and none is made */
    FULL_ONCE,    /* this one call finds no space */
    HALF_FULL,    /* half of it is written, then no space, for ever */
    EIO_ONCE,     /* this one write, sync, rename or unlink breaks */
    EIO_EVER,     /* and all that follow */
    SHORT,        /* half of it is written, and that is said */
    READ_ONCE,    /* this one read breaks */
    READ_EVER,    /* and all that follow */
};

static const char *const kinds[] = {"nothing",  "kill-before", "kill-after", "torn",  "power", "power-some", "full", "full-once", "half-full", "eio-once",   "eio-ever",   "short", "read-once", "read-ever"};

static enum kind kind = NOTHING;
static long at = 0;
static atomic_long writes = 0, reads = 0;
static char under[PATH_MAX] = "";

#define NEXT(name) ((__typeof__(&name))next(#name))

static void *next(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (found == NULL) _exit(99);
    return found;
}

__attribute__((constructor)) static void begin(void) {
    const char *folder = getenv("FAULT_UNDER"), *nth = getenv("FAULT_AT"), *named = getenv("FAULT_KIND");
    if (folder == NULL) return;
    snprintf(under, sizeof under, "%s", folder);
    at = nth == NULL ? 0 : atol(nth);
    for (size_t i = 0; named != NULL && i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(named, kinds[i]) == 0) kind = (enum kind)i;
}

__attribute__((destructor)) static void end(void) {
    const char *tally = getenv("FAULT_TALLY");
    if (tally == NULL) return;
    FILE *file = fopen(tally, "w");
    if (file == NULL) return;
    fprintf(file, "%ld %ld\n", atomic_load(&writes), atomic_load(&reads));
    fclose(file);
}

static int is_ours(const char *path) {
    size_t length = strlen(under);
    return length > 0 && strncmp(path, under, length) == 0;
}

static int is_open_ours(int fd) {
    char link[64], path[PATH_MAX];
    if (under[0] == 0) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return is_ours(path);
}

/* What one write took away, until a sync makes it durable. Kept only where the power is to go. */
struct lost {
    char path[256];
    dev_t device;
    ino_t file;
    off_t offset, size;
    size_t count;
    char *bytes;
};
static struct lost *losses = NULL;
static size_t losing = 0;

static int keeps(void) { return at > 0 && (kind == POWER || kind == POWER_SOME); }

/* Before bytes at this place are overwritten or cut off: a child does this in one thread. */
static void remember(int fd, off_t offset, size_t count) {
    char link[64];
    struct stat facts;
    if (!keeps() || fstat(fd, &facts) != 0) return;
    losses = realloc(losses, (losing + 1) * sizeof *losses);
    struct lost *lost = &losses[losing];
    *lost = (struct lost){.device = facts.st_dev, .file = facts.st_ino, .offset = offset, .size = facts.st_size};
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, lost->path, sizeof lost->path - 1);
    if (length < 0) return;
    lost->bytes = malloc(count + 1);
    /* It may be open for writing alone. */
    int again = NEXT(open64)(lost->path, O_RDONLY);
    ssize_t done = again < 0 ? -1 : NEXT(pread64)(again, lost->bytes, count, offset);
    if (again >= 0) close(again);
    lost->count = done > 0 ? (size_t)done : 0;
    losing++;
}

static void made_durable(int fd) {
    struct stat facts;
    size_t kept = 0;
    if (fstat(fd, &facts) != 0) return;
    for (size_t i = 0; i < losing; i++) {
        if (losses[i].device == facts.st_dev && losses[i].file == facts.st_ino)
            free(losses[i].bytes);
        else
            losses[kept++] = losses[i];
    }
    losing = kept;
}

/* Newest first, so that each place reads again as it did before the oldest write that is lost. */
static void lose(void) {
    unsigned long dice = (unsigned long)at * 2654435761u + 1;
    for (size_t i = losing; i-- > 0;) {
        dice = dice * 6364136223846793005u + 1442695040888963407u;
        if (kind == POWER_SOME && (dice >> 40 & 1) != 0) continue;
        struct stat facts;
        int fd = NEXT(open64)(losses[i].path, O_WRONLY);
        if (fd < 0) continue;
        if (fstat(fd, &facts) == 0 && facts.st_ino == losses[i].file) {
            NEXT(pwrite64)(fd, losses[i].bytes, losses[i].count, losses[i].offset);
            if (kind == POWER) NEXT(ftruncate64)(fd, losses[i].size);
        }
        close(fd);
    }
}

static void die(void) {
    if (keeps()) lose();
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

/* What to do about this call: its kind when it is the one, or one of those after it where it lasts; counts it. */
static enum kind now(void) {
    long number = atomic_fetch_add(&writes, 1) + 1;
    if (at == 0 || number < at) return NOTHING;
    if (number == at) {
        if (kind == KILL_BEFORE || keeps()) die();
        return kind >= READ_ONCE ? NOTHING : kind;
    }
    if (kind == HALF_FULL) return FULL;
    return kind == FULL || kind == EIO_EVER ? kind : NOTHING;
}

static int fails_reading(void) {
    long number = atomic_fetch_add(&reads, 1) + 1;
    if (at == 0 || number < at) return 0;
    return number == at ? kind == READ_ONCE || kind == READ_EVER : kind == READ_EVER;
}

static int grows(int fd, off_t offset, size_t count) {
    struct stat facts;
    if (fstat(fd, &facts) != 0) return 0;
    return offset + (off_t)count > facts.st_size;
}

static ssize_t put(int fd, const void *bytes, size_t count, off_t offset, int has_offset) {
    return has_offset ? NEXT(pwrite64)(fd, bytes, count, offset) : NEXT(write)(fd, bytes, count);
}

static ssize_t refuse(int cause) {
    errno = cause;
    return -1;
}

static ssize_t writing(int fd, const void *bytes, size_t count, off_t offset, int has_offset) {
    if (!is_open_ours(fd)) return put(fd, bytes, count, offset, has_offset);
    enum kind what = now();
    size_t half = count > 1 ? count / 2 : count;
    off_t from = has_offset ? offset : lseek(fd, 0, SEEK_CUR);
    ssize_t done;
    remember(fd, from, count);
    switch (what) {
        case TORN:
            put(fd, bytes, half, offset, has_offset);
            die();
            return -1;
        case KILL_AFTER:
            put(fd, bytes, count, offset, has_offset);
            die();
            return -1;
        case FULL_ONCE: return refuse(ENOSPC);
        case FULL: return grows(fd, from, count) ? refuse(ENOSPC) : put(fd, bytes, count, offset, has_offset);
        case EIO_ONCE:
        case EIO_EVER: return refuse(EIO);
        case HALF_FULL:
        case SHORT: done = put(fd, bytes, half, offset, has_offset); return done;
        default: return put(fd, bytes, count, offset, has_offset);
    }
}

ssize_t write(int fd, const void *bytes, size_t count) { return writing(fd, bytes, count, 0, 0); }
ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) { return writing(fd, bytes, count, offset, 1); }
ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
    return writing(fd, bytes, count, offset, 1);
}

/* Calls that do one thing or do not: `makes` needs space. */
#define WHOLE(is_it, makes, call)                                                   \
    do {                                                                            \
        if (!(is_it)) return call;                                                  \
        enum kind what = now();                                                     \
        if (what == EIO_ONCE || what == EIO_EVER) return (int)refuse(EIO);          \
        if ((makes) && (what == FULL_ONCE || what == FULL || what == HALF_FULL))    \
            return (int)refuse(ENOSPC);                                             \
        int answer = call;                                                          \
        if (what == KILL_AFTER || what == TORN) die();                              \
        return answer;                                                              \
    } while (0)

static int synced(int fd, int answer) {
    if (answer == 0) made_durable(fd);
    return answer;
}
int fsync(int fd) { WHOLE(is_open_ours(fd), 0, synced(fd, NEXT(fsync)(fd))); }
int fdatasync(int fd) { WHOLE(is_open_ours(fd), 0, synced(fd, NEXT(fdatasync)(fd))); }

static int cut(int fd, off_t length) {
    struct stat facts;
    if (is_open_ours(fd) && fstat(fd, &facts) == 0 && facts.st_size > length)
        remember(fd, length, (size_t)(facts.st_size - length));
    return NEXT(ftruncate64)(fd, length);
}
int ftruncate(int fd, off_t length) { WHOLE(is_open_ours(fd), grows(fd, length, 0), cut(fd, length)); }
int ftruncate64(int fd, off64_t length) { WHOLE(is_open_ours(fd), grows(fd, length, 0), cut(fd, length)); }
int rename(const char *from, const char *to) { WHOLE(is_ours(from), 0, NEXT(rename)(from, to)); }
int unlink(const char *path) { WHOLE(is_ours(path), 0, NEXT(unlink)(path)); }
int rmdir(const char *path) { WHOLE(is_ours(path), 0, NEXT(rmdir)(path)); }
int linkat(int from_fd, const char *from, int to_fd, const char *to, int flags) {
    WHOLE(is_ours(from), 1, NEXT(linkat)(from_fd, from, to_fd, to, flags));
}
int mkdir(const char *path, mode_t mode) { WHOLE(is_ours(path), 1, NEXT(mkdir)(path, mode)); }

/* Only what makes a new file is a write. */
static int makes_new(const char *path, int flags) {
    struct stat facts;
    return (flags & O_CREAT) != 0 && is_ours(path) && stat(path, &facts) != 0;
}

static mode_t mode_of(int flags, va_list more) { return (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0; }

int open(const char *path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    mode_t mode = mode_of(flags, more);
    va_end(more);
    WHOLE(makes_new(path, flags), 1, NEXT(open)(path, flags, mode));
}

int open64(const char *path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    mode_t mode = mode_of(flags, more);
    va_end(more);
    WHOLE(makes_new(path, flags), 1, NEXT(open64)(path, flags, mode));
}

ssize_t read(int fd, void *bytes, size_t count) {
    if (is_open_ours(fd) && fails_reading()) return refuse(EIO);
    return NEXT(read)(fd, bytes, count);
}
ssize_t pread(int fd, void *bytes, size_t count, off_t offset) {
    if (is_open_ours(fd) && fails_reading()) return refuse(EIO);
    return NEXT(pread)(fd, bytes, count, offset);
}
ssize_t pread64(int fd, void *bytes, size_t count, off64_t offset) {
    if (is_open_ours(fd) && fails_reading()) return refuse(EIO);
    return NEXT(pread64)(fd, bytes, count, offset);
}
