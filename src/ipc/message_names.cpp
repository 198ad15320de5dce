#include "ipc/messages.h"

namespace vonggac::ipc {

const char* motion_reason_name(MotionReason reason) {
  switch (reason) {
    case MotionReason::kUnknown:
      return "";
    case MotionReason::kTravelled:
      return "travelled";
    case MotionReason::kLargeChange:
      return "large_change";
    case MotionReason::kOtherPlace:
      return "other_place";
    case MotionReason::kNothingMoves:
      return "nothing_moves";
    case MotionReason::kCameToRest:
      return "came_to_rest";
    case MotionReason::kStreamEnded:
      return "stream_ended";
    case MotionReason::kPictureChanged:
      return "picture_changed";
  }
  return "";
}

const char* motion_verdict_name(MotionVerdict verdict) {
  switch (verdict) {
    case MotionVerdict::kMoves:
      return "moves";
    case MotionVerdict::kTooFewPictures:
      return "too_few_pictures";
    case MotionVerdict::kNoChange:
      return "no_change";
    case MotionVerdict::kLikeAnInsect:
      return "like_an_insect";
    case MotionVerdict::kTooLittleTravel:
      return "too_little_travel";
    case MotionVerdict::kNotStraight:
      return "not_straight";
    case MotionVerdict::kUnstableSize:
      return "unstable_size";
    case MotionVerdict::kLearning:
      return "learning";
    case MotionVerdict::kOutsideZones:
      return "outside_zones";
    case MotionVerdict::kLikeLight:
      return "like_light";
  }
  return "";
}

const char* analyse_level_name(AnalyseLevel level) {
  switch (level) {
    case AnalyseLevel::kAsNeeded:
      return "as_needed";
    case AnalyseLevel::kEveryPicture:
      return "every_picture";
    case AnalyseLevel::kMainKeyPictures:
      return "main_key_pictures";
    case AnalyseLevel::kShedToKeys:
      return "shed_to_key_pictures";
    case AnalyseLevel::kShedKeys:
      return "shed_key_pictures";
  }
  return "";
}

const char* analyse_part_name(AnalysePart part) {
  switch (part) {
    case AnalysePart::kDetector:
      return "detector";
    case AnalysePart::kClassifier:
      return "classifier";
    case AnalysePart::kHardwareDecode:
      return "hardware_decode";
    case AnalysePart::kNone:
      break;
  }
  return "none";
}

const char* zone_kind_name(ZoneKind kind) {
  switch (kind) {
    case ZoneKind::kDetect:
      return "detect";
    case ZoneKind::kIgnore:
      return "ignore";
    case ZoneKind::kWatch:
      return "watch";
    case ZoneKind::kPrivacy:
      return "privacy";
  }
  return "detect";
}

const char* tamper_kind_name(TamperKind kind) {
  switch (kind) {
    case TamperKind::kNone:
      return "";
    case TamperKind::kCovered:
      return "covered";
    case TamperKind::kDefocused:
      return "defocused";
    case TamperKind::kMoved:
      return "moved";
    case TamperKind::kBlack:
      return "black";
    case TamperKind::kFrozen:
      return "frozen";
  }
  return "";
}

const char* stream_state_name(StreamState state) {
  switch (state) {
    case StreamState::kIdle:
      return "idle";
    case StreamState::kConnecting:
      return "connecting";
    case StreamState::kDescribing:
      return "describing";
    case StreamState::kSettingUp:
      return "setting_up";
    case StreamState::kWaitingMedia:
      return "waiting_media";
    case StreamState::kStreaming:
      return "streaming";
    case StreamState::kBackoff:
      return "backoff";
    case StreamState::kQuarantined:
      return "quarantined";
  }
  return "unknown";
}

const char* stream_reason_name(StreamReason reason) {
  switch (reason) {
    case StreamReason::kNone:
      return "";
    case StreamReason::kCameraUnreachable:
      return "camera_unreachable";
    case StreamReason::kConnectionRefused:
      return "connection_refused";
    case StreamReason::kLinkLost:
      return "link_lost";
    case StreamReason::kTimedOut:
      return "timed_out";
    case StreamReason::kNoMedia:
      return "no_media";
    case StreamReason::kAuthRefused:
      return "auth_refused";
    case StreamReason::kNotFound:
      return "not_found";
    case StreamReason::kProtocolError:
      return "protocol_error";
    case StreamReason::kUnsupportedCodec:
      return "unsupported_codec";
    case StreamReason::kForbiddenAddress:
      return "forbidden_address";
    case StreamReason::kRateExceeded:
      return "rate_exceeded";
    case StreamReason::kWorkerDied:
      return "worker_died";
    case StreamReason::kStoppedByUser:
      return "stopped_by_user";
    case StreamReason::kServiceStopped:
      return "service_stopped";
    case StreamReason::kTransportRefused:
      return "transport_refused";
  }
  return "unknown";
}

}  // namespace vonggac::ipc
