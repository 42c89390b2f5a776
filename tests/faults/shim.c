// SPDX-License-Identifier: Apache-2.0
// In front of the C library, for files below FAULT_FOLDER (all, if it is not set):
// - FAULT_AT, FAULT_TIMES, FAULT_ERRNO, FAULT_FILE: fsync and fdatasync of files whose name ends so fail, from the n-th on, so many times.
// - KILL_AT: the process ends itself with SIGKILL before the n-th call that changes or syncs a file.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int synced, changed;

static int path_of(int descriptor, char *path, size_t size) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, size - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return 1;
}

static void changes(const char *path) {
    const char *folder = getenv("FAULT_FOLDER"), *at = getenv("KILL_AT");
    if (folder == NULL || at == NULL || strncmp(path, folder, strlen(folder)) != 0) return;
    if (++changed == atoi(at)) kill(getpid(), SIGKILL);
}

static void changes_open(int descriptor) {
    char path[4096];
    if (getenv("KILL_AT") != NULL && path_of(descriptor, path, sizeof path)) changes(path);
}

static int sync_fails(int descriptor) {
    const char *file = getenv("FAULT_FILE");
    char path[4096];
    changes_open(descriptor);
    if (file == NULL || !path_of(descriptor, path, sizeof path)) return 0;
    size_t length = strlen(path), wanted = strlen(file);
    if (length < wanted || strcmp(path + length - wanted, file) != 0) return 0;
    synced++;
    int first = atoi(getenv("FAULT_AT")), times = atoi(getenv("FAULT_TIMES"));
    if (synced < first || synced >= first + times) return 0;
    errno = atoi(getenv("FAULT_ERRNO"));
    return 1;
}

#define REAL(name, type) ((type)dlsym(RTLD_NEXT, name))

int fsync(int descriptor) {
    return sync_fails(descriptor) ? -1 : REAL("fsync", int (*)(int))(descriptor);
}

int fdatasync(int descriptor) {
    return sync_fails(descriptor) ? -1 : REAL("fdatasync", int (*)(int))(descriptor);
}

ssize_t write(int descriptor, const void *data, size_t size) {
    changes_open(descriptor);
    return REAL("write", ssize_t (*)(int, const void *, size_t))(descriptor, data, size);
}

ssize_t pwrite64(int descriptor, const void *data, size_t size, off64_t at) {
    changes_open(descriptor);
    return REAL("pwrite64", ssize_t (*)(int, const void *, size_t, off64_t))(descriptor, data, size, at);
}

ssize_t pwrite(int descriptor, const void *data, size_t size, off_t at) {
    return pwrite64(descriptor, data, size, at);
}

int ftruncate64(int descriptor, off64_t size) {
    changes_open(descriptor);
    return REAL("ftruncate64", int (*)(int, off64_t))(descriptor, size);
}

int ftruncate(int descriptor, off_t size) {
    return ftruncate64(descriptor, size);
}

int unlink(const char *path) {
    changes(path);
    return REAL("unlink", int (*)(const char *))(path);
}

int rename(const char *from, const char *to) {
    changes(to);
    return REAL("rename", int (*)(const char *, const char *))(from, to);
}
