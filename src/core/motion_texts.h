/// Why motion events begin and end, and why something that moved raised none: sentences in Vietnamese and English.
#pragma once

#include "core/condition_texts.h"
#include "ipc/messages.h"

namespace vonggac::core {

Sentence sentence_of(ipc::MotionReason reason);
Sentence sentence_of(ipc::MotionVerdict verdict);

}  // namespace vonggac::core
