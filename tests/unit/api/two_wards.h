/// A province with two wards: what one person's grants reach, and what they do not.
#pragma once

#include <optional>
#include <string>

#include "catalogue/areas.h"
#include "support/register_world.h"

namespace vonggac::api {

struct TwoWards {
  catalogue::AreaId province, own, other;
};

inline catalogue::AreaForm area_form(std::string name, std::string type, std::string code,
                                     std::optional<catalogue::AreaId> parent) {
  catalogue::AreaForm form;
  form.name = std::move(name);
  form.type = std::move(type);
  form.code = std::move(code);
  form.parent = parent;
  form.basis = "1668/NQ-UBTVQH15";
  return form;
}

inline TwoWards make_two_wards(test::RegisterWorld& world) {
  TwoWards made;
  world.write([&](store::WriteSession& s) -> base::Status {
    catalogue::Problems problems;
    const catalogue::Day day = catalogue::Day::of(2025, 7, 1);
    VG_ASSIGN(made.province, catalogue::add_area(s, area_form("Cà Mau", "TINH", "96", std::nullopt), day, problems));
    VG_ASSIGN(made.own, catalogue::add_area(s, area_form("Bạc Liêu", "PHUONG", "31825", made.province), day, problems));
    VG_ASSIGN(made.other,
              catalogue::add_area(s, area_form("An Xuyên", "PHUONG", "32002", made.province), day, problems));
    return {};
  });
  return made;
}

}  // namespace vonggac::api
