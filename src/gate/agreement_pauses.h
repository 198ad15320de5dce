/// Cameras whose recording was paused because the agreement of their owner had ended. Only what this table names is
/// resumed when a new agreement is in force: what an owner or a person paused stays paused.
/// Flow     recording_agreed() and what the recorder does -> settle_agreement_pause() -> what core is to be told.
/// Threads  within a write of room store.
/// Errors   those of the store.
#pragma once

#include <string_view>

#include "base/ids.h"
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

}  // namespace vonggac::gate
