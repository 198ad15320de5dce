#include "record/recorder.h"

namespace vonggac::record {

const char* tamper_end_name(TamperEnd end) {
  switch (end) {
    case TamperEnd::kGoesOn:
      return "";
    case TamperEnd::kViewIsBack:
      return "view_is_back";
    case TamperEnd::kAccepted:
      return "accepted";
    case TamperEnd::kNotWatched:
      return "not_watched";
  }
  return "";
}

const char* gap_cause_name(GapCause cause) {
  switch (cause) {
    case GapCause::kUnknown:
      return "unknown";
    case GapCause::kCameraSilent:
      return "camera_silent";
    case GapCause::kLinkLost:
      return "link_lost";
    case GapCause::kCameraUnreachable:
      return "camera_unreachable";
    case GapCause::kAuthRefused:
      return "auth_refused";
    case GapCause::kWorkerDied:
      return "worker_died";
    case GapCause::kDecoderQuarantined:
      return "decoder_quarantined";
    case GapCause::kDiskStalled:
      return "disk_stalled";
    case GapCause::kDiskFull:
      return "disk_full";
    case GapCause::kDiskFailed:
      return "disk_failed";
    case GapCause::kServiceStopped:
      return "service_stopped";
    case GapCause::kServiceCrashed:
      return "service_crashed";
    case GapCause::kClockStep:
      return "clock_step";
    case GapCause::kPausedByOwner:
      return "paused_by_owner";
    case GapCause::kRateExceeded:
      return "rate_exceeded";
    case GapCause::kDamagedStream:
      return "damaged_stream";
    case GapCause::kDeleted:
      return "deleted";
  }
  return "unknown";
}

}  // namespace vonggac::record
