#include "base/result.h"

#include <cerrno>
#include <cstring>

namespace vonggac::base {

const char* error_kind_name(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kOk:
      return "ok";
    case ErrorKind::kInvalidArgument:
      return "invalid_argument";
    case ErrorKind::kNotFound:
      return "not_found";
    case ErrorKind::kPermissionDenied:
      return "permission_denied";
    case ErrorKind::kUnavailable:
      return "unavailable";
    case ErrorKind::kTimedOut:
      return "timed_out";
    case ErrorKind::kNoSpace:
      return "no_space";
    case ErrorKind::kDataLoss:
      return "data_loss";
    case ErrorKind::kOutOfRange:
      return "out_of_range";
    case ErrorKind::kCancelled:
      return "cancelled";
    case ErrorKind::kInternal:
      return "internal";
  }
  return "unknown";
}

std::string Status::to_string() const { return ok() ? "ok" : std::string(error_kind_name(kind_)) + ": " + message_; }

Status from_errno(int error_number, const std::string& what) {
  char buffer[128];
  const char* text = strerror_r(error_number, buffer, sizeof buffer);
  std::string message = what + ": " + text;
  switch (error_number) {
    case ENOENT:
      return not_found(std::move(message));
    case EACCES:
    case EPERM:
    case EROFS:
      return permission_denied(std::move(message));
    case EAGAIN:
    case EBUSY:
    case EINTR:
    case ECONNREFUSED:
    case ECONNRESET:
    case EHOSTUNREACH:
    case ENETUNREACH:
      return unavailable(std::move(message));
    case ETIMEDOUT:
      return timed_out(std::move(message));
    case ENOSPC:
    case EDQUOT:
    case ENOMEM:
      return no_space(std::move(message));
    case EIO:
      return data_loss(std::move(message));
    case EINVAL:
      return invalid_argument(std::move(message));
    default:
      return internal_error(std::move(message));
  }
}

}  // namespace vonggac::base
