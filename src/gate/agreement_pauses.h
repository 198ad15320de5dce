/// Cameras whose recording is paused because their owner has not agreed to it, not yet or no longer. Only what this
/// table names is resumed when a new agreement is in force: what an owner or a person paused stays paused. Flow
/// recording_decision() and what the recorder does -> settle_agreement_pause() -> what core is to be told. Threads
/// within a write of room store. Errors   those of the store.
#pragma once

#include <map>
#include <string_view>

#include "base/ids.h"
#include "catalogue/problems.h"
#include "store/store.h"

namespace vonggac::gate {

inline constexpr std::string_view kAgreementPauseSchema = R"(
create table agreement_pause (
  camera bytea not null primary key,
  since_us bigint not null
);
)";

enum class PauseOrder { kNone, kPause, kResume };
/// What must become of a camera that the recorder has. The order is remembered (and written to the audit) before core
/// is told; it is given again in each round until the recorder does what it says.
base::Result<PauseOrder> settle_agreement_pause(store::WriteSession& session, const base::CameraId& camera,
                                                bool paused);

/// Before a camera is connected: whether it must begin paused. Remembered like an order of the rounds.
base::Result<bool> pause_before_connecting(store::WriteSession& session, const base::CameraId& camera);
/// Why each of them rests, in words.
base::Result<std::map<base::CameraId, catalogue::Sentence>> paused_by_agreement(store::Reader& session,
                                                                                base::WallTime now);

}  // namespace vonggac::gate
