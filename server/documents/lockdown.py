"""Takes from this process what decoding a file does not need: network, new processes, writing, time, memory. Linux only.

Called in the child after its libraries are loaded (`decode.py`), which imports nothing of the office. What the kernel
does not offer is left out; `lock_down` says what holds.
"""

import ctypes
import platform
import resource
import struct
from pathlib import Path

MEGABYTE = 1_000_000
NO_CORE = 1  # one byte: heeded by the kernel also where cores go to a program; zero is not
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, FILTER = 38, 22, 2
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
WRITING = 0o1 | 0o2 | 0o100  # O_WRONLY, O_RDWR, O_CREAT
LOAD, EQUAL, ANY_BIT, AT_LEAST, RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | 1  # SECCOMP_RET_ERRNO with EPERM
NUMBER_AT, ARCH_AT, FIRST_ARGUMENT_AT, THIRD_ARGUMENT_AT = 0, 4, 16, 32
CLONE_THREAD, CLONE3, UNKNOWN = 0x10000, 435, 0x00050000 | 38  # SECCOMP_RET_ERRNO with ENOSYS
CLONE = {"x86_64": 56, "aarch64": 220}
FOREIGN_ABI = 0x40000000
# Sockets, new processes and programs, other processes' memory, io_uring (a way around), changes to names of files.
DENIED = {
    "x86_64": (0xC000003E, 257, (
        41, 42, 43, 44, 46, 49, 50, 53, 288, 56, 57, 58, 59, 322, 435, 101, 310, 311, 62, 425, 2, 85,
        82, 83, 84, 86, 87, 88, 90, 258, 263, 264, 265, 266, 268, 316,
    )),
    "aarch64": (0xC00000B7, 56, (
        198, 199, 200, 201, 202, 203, 206, 211, 220, 221, 281, 435, 117, 270, 271, 129, 425,
        33, 34, 35, 36, 37, 38, 53, 276,
    )),
}  # fmt: skip


def lock_down(seconds: int, memory_mb: int, *, threads: bool = False) -> frozenset[str]:
    """From here on at most so much computing time and memory, no file written; returns what else is shut.

    `threads`: this process may still start threads of its own, as some libraries do for every font.
    """
    memory = memory_mb * MEGABYTE
    limits = {
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0 if resource.getrlimit(resource.RLIMIT_CORE)[1] == 0 else NO_CORE,
        resource.RLIMIT_NOFILE: 64,
    }
    for which, most in limits.items():
        resource.setrlimit(which, (most, most))
    libc = ctypes.CDLL(None, use_errno=True)
    shut = {"limits"}
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0:
        shut.add("network namespace")
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 and _filter(libc, threads):
        shut.add("system calls")
    return frozenset(shut)


def leave_room(memory_mb: int) -> None:
    """From here on at most so much memory beyond what is in use already."""
    in_use = Path("/proc/self/statm")
    if not in_use.exists():
        return
    most = int(in_use.read_text().split()[0]) * resource.getpagesize() + memory_mb * MEGABYTE
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (min(most, hard), min(most, hard)))


def _filter(libc: ctypes.CDLL, threads: bool) -> bool:
    """A seccomp filter (seccomp(2)): what is denied fails with EPERM, all else goes on."""
    if platform.machine() not in DENIED:
        return False
    program = _program(*DENIED[platform.machine()], CLONE[platform.machine()] if threads else None)
    code = ctypes.create_string_buffer(program)
    head = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(code))
    return bool(libc.prctl(PR_SET_SECCOMP, FILTER, ctypes.create_string_buffer(head), 0, 0) == 0)


def _program(arch: int, openat: int, denied: tuple[int, ...], threads_by: int | None) -> bytes:
    """The filter's instructions: refuse another architecture, the denied numbers, and opening for writing.

    `threads_by`: the number of clone(2), let through for threads; clone3 keeps its flags in memory, so it is unknown then.
    """
    out = [(LOAD, 0, 0, ARCH_AT), (EQUAL, 1, 0, arch), (RETURN, 0, 0, REFUSE)]
    out += [(LOAD, 0, 0, NUMBER_AT), (AT_LEAST, 0, 1, FOREIGN_ABI), (RETURN, 0, 0, REFUSE)]
    if threads_by is not None:
        out += [(EQUAL, 0, 1, CLONE3), (RETURN, 0, 0, UNKNOWN)]
        out += [(EQUAL, 0, 4, threads_by), (LOAD, 0, 0, FIRST_ARGUMENT_AT), (ANY_BIT, 0, 1, CLONE_THREAD)]
        out += [(RETURN, 0, 0, ALLOW), (RETURN, 0, 0, REFUSE)]
    for number in denied:
        out += [(EQUAL, 0, 1, number), (RETURN, 0, 0, REFUSE)]
    out += [(EQUAL, 0, 3, openat), (LOAD, 0, 0, THIRD_ARGUMENT_AT), (ANY_BIT, 0, 1, WRITING)]
    out += [(RETURN, 0, 0, REFUSE), (RETURN, 0, 0, ALLOW)]
    return b"".join(struct.pack("HBBI", *step) for step in out)
