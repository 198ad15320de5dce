/// Pictures of commissioning: what the view looked like when it was accepted, by day and by night. Moved, covered,
/// defocused and black views are told against them.
/// Flow     acceptance form -> put_reference; whoever scores a view -> reference_of
/// Threads  within a transaction of room store.
/// Errors   Problems: no JPEG, too large; kNotFound: no such camera.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "catalogue/problems.h"
#include "store/store.h"

namespace vonggac::catalogue {

inline constexpr std::size_t kLargestReference = 64 * 1024;

struct Reference {
  std::string light;  ///< "NGAY" or "DEM"
  base::WallTime taken_at;
  std::string who;
  base::Bytes picture;  ///< JPEG
};

/// It takes the place of the one before, which is kept.
base::Status put_reference(store::WriteSession& session, const base::CameraId& camera, const Reference& reference,
                           Problems& problems);
/// The one in use; none after the device was swapped or hung elsewhere.
base::Result<std::optional<Reference>> reference_of(store::Reader& session, const base::CameraId& camera,
                                                    std::string_view light);

}  // namespace vonggac::catalogue
