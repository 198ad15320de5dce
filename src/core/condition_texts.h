/// The sentences that say how a camera is, Vietnamese and English side by side.
#pragma once

#include <string>

#include "core/views.h"
#include "ipc/messages.h"
#include "ipc/motion_texts.h"

namespace vonggac::core {

using ipc::Sentence;

/// Why a stream is away, and what to do about it.
Sentence sentence_of(ipc::StreamReason reason);

struct LossSentence {
  std::string vi;
  std::string en;
};

/// So many percent of the data are lost on the way: what that means and what helps. Not for kNone.
LossSentence loss_sentence(LossRemedy remedy, double percent);

}  // namespace vonggac::core
