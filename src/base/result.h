/// Errors as values: Status and Result<T>. Kinds are chosen by what the caller would do next; the
/// text is for people. Member names follow std::expected where they overlap (docs/decisions/0001).
/// Threads  plain values.
#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <utility>

namespace vonggac::base {

/// What the caller may do about it.
enum class ErrorKind {
  kOk = 0,
  kInvalidArgument,   ///< the input is wrong; retrying does not help
  kNotFound,          ///< no such thing
  kPermissionDenied,  ///< refused: credentials, rights, policy
  kUnavailable,       ///< not now; retry later
  kTimedOut,          ///< a deadline passed
  kNoSpace,           ///< disk or budget full
  kDataLoss,          ///< stored bytes are damaged or gone
  kOutOfRange,        ///< outside what exists or is allowed
  kCancelled,         ///< somebody asked to stop
  kInternal,          ///< our own bug or an unexpected foreign error
};

const char* error_kind_name(ErrorKind kind);

/// Success, or an ErrorKind with a sentence that says what happened and what to do.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(ErrorKind kind, std::string message) : kind_(kind), message_(std::move(message)) {}
  static Status ok_status() { return {}; }
  bool ok() const { return kind_ == ErrorKind::kOk; }
  explicit operator bool() const { return ok(); }
  ErrorKind kind() const { return kind_; }
  const std::string& message() const { return message_; }
  /// "kind: message", for logs.
  std::string to_string() const;

 private:
  ErrorKind kind_ = ErrorKind::kOk;
  std::string message_;
};

/// A T, or the Status that says why there is none.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}         // NOLINT(google-explicit-constructor)
  Result(Status status) : status_(std::move(status)) {  // NOLINT(google-explicit-constructor)
    assert(!status_.ok());
  }
  bool has_value() const { return value_.has_value(); }
  bool ok() const { return has_value(); }
  explicit operator bool() const { return has_value(); }
  T& value() & { return *value_; }
  const T& value() const& { return *value_; }
  T&& value() && { return std::move(*value_); }
  T& operator*() & { return *value_; }
  const T& operator*() const& { return *value_; }
  T&& operator*() && { return std::move(*value_); }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }
  const Status& error() const { return status_; }
  template <typename U>
  T value_or(U&& fallback) const& {
    return value_ ? *value_ : static_cast<T>(std::forward<U>(fallback));
  }

 private:
  std::optional<T> value_;
  Status status_;
};

inline Status invalid_argument(std::string m) { return {ErrorKind::kInvalidArgument, std::move(m)}; }
inline Status not_found(std::string m) { return {ErrorKind::kNotFound, std::move(m)}; }
inline Status permission_denied(std::string m) { return {ErrorKind::kPermissionDenied, std::move(m)}; }
inline Status unavailable(std::string m) { return {ErrorKind::kUnavailable, std::move(m)}; }
inline Status timed_out(std::string m) { return {ErrorKind::kTimedOut, std::move(m)}; }
inline Status no_space(std::string m) { return {ErrorKind::kNoSpace, std::move(m)}; }
inline Status data_loss(std::string m) { return {ErrorKind::kDataLoss, std::move(m)}; }
inline Status out_of_range(std::string m) { return {ErrorKind::kOutOfRange, std::move(m)}; }
inline Status internal_error(std::string m) { return {ErrorKind::kInternal, std::move(m)}; }
/// Maps errno once, with the name of what was tried: "open DIR/x: No such file or directory".
Status from_errno(int error_number, const std::string& what);

}  // namespace vonggac::base

/// Returns early with the Status of an expression that failed.
#define VG_TRY(expression)                                                   \
  do {                                                                       \
    if (::vonggac::base::Status vg_status = (expression); !vg_status.ok()) { \
      return vg_status;                                                      \
    }                                                                        \
  } while (false)

#define VG_CONCAT_INNER(a, b) a##b
#define VG_CONCAT(a, b) VG_CONCAT_INNER(a, b)
/// VG_ASSIGN(auto x, make_x()): x is the value, or the function returns the Status.
#define VG_ASSIGN(declaration, expression)             \
  auto VG_CONCAT(vg_result_, __LINE__) = (expression); \
  if (!VG_CONCAT(vg_result_, __LINE__).has_value()) {  \
    return VG_CONCAT(vg_result_, __LINE__).error();    \
  }                                                    \
  declaration = std::move(VG_CONCAT(vg_result_, __LINE__)).value()
