/// Many cameras at once, for figures and for measuring: copies of a real one, with codes of their own. Generated.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/ids.h"
#include "store/store.h"

namespace vonggac::test {

/// `count` copies of `model` at its site; `health_of` says the health of each.
inline void crowd_of(store::Store& store, const base::CameraId& model, int count,
                     const std::function<std::string(int)>& health_of) {
  constexpr const char* kCopied =
      "sort_name, name, kind, site, brand, brand_key, device_model, qcvn135, ownership, purpose, retention_class, "
      "retention_days, password_by, audio, audio_basis, masks_drawn, accepted_by, life, life_since_us, area, "
      "residential, commune, province, lat_e6, lon_e6, map_cell, search, made_at_us, changed_at_us";
  const base::Status status = store.write_quietly([&](store::WriteSession& session) -> base::Status {
    std::vector<store::Parameters> rows;
    for (int i = 0; i < count; ++i) {
      rows.push_back({session.new_id(), fmt::format("CAM-00000-{:06}", i), health_of(i), model});
    }
    return session.run_many(
        fmt::format("insert into camera (id, code, health, {0}) select $1, $2, $3, {0} from camera where id = $4",
                    kCopied),
        rows);
  });
  EXPECT_TRUE(status.ok()) << status.to_string();
}

}  // namespace vonggac::test
