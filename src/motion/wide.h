/// VONGGAC_WIDE before a function compiles it twice, for any x86-64 and for AVX2, and the loader takes the faster one
/// the machine has. Same sums in the same order and no fused multiply-add: the results are the same to the bit, which
/// a test asks of an engine compiled once more with VONGGAC_NARROW, for any x86-64 only.
#pragma once

#if !defined(VONGGAC_NARROW) && defined(__x86_64__) && defined(__gnu_linux__) && defined(__OPTIMIZE__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(__clang__)
#define VONGGAC_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define VONGGAC_WIDE
#endif
