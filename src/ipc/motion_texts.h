/// Why motion events begin and end, why something that moved raised none, and what is wrong with a camera's view:
/// sentences for people, Vietnamese and English side by side.
/// Threads  pure functions.
#pragma once

#include "ipc/messages.h"

namespace vonggac::ipc {

struct Sentence {
  const char* vi;
  const char* en;
};

Sentence sentence_of(MotionReason reason);
Sentence sentence_of(MotionVerdict verdict);
Sentence sentence_of(TamperKind kind);

}  // namespace vonggac::ipc
