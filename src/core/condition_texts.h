/// The sentences that say how a camera is, Vietnamese and English side by side.
#pragma once

#include "ipc/messages.h"

namespace vonggac::core {

struct Sentence {
  const char* vi;
  const char* en;
};

/// Why a stream is away, and what to do about it.
Sentence sentence_of(ipc::StreamReason reason);

}  // namespace vonggac::core
