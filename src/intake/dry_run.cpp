#include "intake/dry_run.h"

#include <map>

#include <fmt/format.h>

#include "catalogue/area_shapes.h"
#include "catalogue/camera_streams.h"
#include "catalogue/duplicates.h"
#include "catalogue/human_codes.h"

namespace vonggac::intake {
namespace {

using catalogue::Sentence;

std::optional<catalogue::GeoPoint> point_of(const RowFacts& facts) {
  if (!facts.lat || !facts.lon) return std::nullopt;
  return catalogue::geo_point(*facts.lat, *facts.lon);
}

/// What two rows of one file must not share.
class SeenRows {
 public:
  void check(Judged& row) {
    const RowFacts& f = row.facts;
    if (!f.own_code.empty()) check_key(row, "code:" + catalogue::normal_code(f.own_code), {"cùng mã", "same code"});
    if (const auto mac = catalogue::normal_mac(f.device.mac))
      check_key(row, "mac:" + *mac, catalogue::same_by_name(catalogue::SameBy::kMac));
    if (!f.device.serial.empty()) {
      check_key(row, "serial:" + catalogue::normal_serial(f.device.serial),
                catalogue::same_by_name(catalogue::SameBy::kSerial));
    }
    if (!f.stream_url.empty()) {
      check_key(row, "stream:" + catalogue::stream_endpoint(f.stream_url),
                catalogue::same_by_name(catalogue::SameBy::kStream));
    }
    if (const auto point = point_of(f)) check_point(row, *point);
  }

 private:
  void check_key(Judged& row, const std::string& key, const Sentence& reason) {
    const auto [first, fresh] = keys_.emplace(key, row.facts.number);
    if (!fresh) add(row, first->second, reason);
  }
  static void add(Judged& row, std::uint32_t number, const Sentence& reason) {
    for (const Same& known : row.same) {
      if (!known.camera && known.row == number) return;
    }
    row.same.push_back({std::nullopt, number, "", reason});
  }
  void check_point(Judged& row, const catalogue::GeoPoint& point) {
    constexpr std::int64_t kGrid = 200;  // about 20 m: neighbours are in the next squares at most
    for (std::int64_t north = -1; north <= 1; ++north) {
      for (std::int64_t east = -1; east <= 1; ++east) {
        const auto near = places_.equal_range({point.lat_e6 / kGrid + north, point.lon_e6 / kGrid + east});
        for (auto one = near.first; one != near.second; ++one) {
          const Place& there = one->second;
          const bool close = catalogue::metres_between(point, there.point) < catalogue::kSamePlaceMetres;
          if (close && catalogue::similar_azimuth(row.facts.azimuth, there.azimuth)) {
            add(row, there.row, catalogue::same_by_name(catalogue::SameBy::kPlaceAndView));
          }
        }
      }
    }
    places_.emplace(std::pair(point.lat_e6 / kGrid, point.lon_e6 / kGrid),
                    Place{point, row.facts.azimuth, row.facts.number});
  }

  struct Place {
    catalogue::GeoPoint point;
    std::optional<double> azimuth;
    std::uint32_t row;
  };
  std::map<std::string, std::uint32_t> keys_;
  std::multimap<std::pair<std::int64_t, std::int64_t>, Place> places_;
};

class Judge {
 public:
  Judge(store::Reader& session, const AreaFinder::Options& options)
      : session_(session), options_(options), finder_(session, options) {}

  base::Result<Judged> judge_row(const InventoryRow& row) {
    Judged judged;
    judged.facts = read_facts(row.number, row.cells, judged.findings);
    for (const auto& [field, written] : row.cells) {
      if (written.wrong) {
        judged.findings.push_back(
            finding_at(row.number, row.cells, field, true,
                       {"Ô không dùng được: sửa lại trong bảng.", "The cell cannot be used: mend it."}));
      }
    }
    VG_TRY(find_area(row, judged));
    if (wrong(judged)) {
      judged.outcome = Outcome::kWrong;
      return judged;
    }
    VG_TRY(check_map(row, judged));
    VG_TRY(compare(judged));
    seen_.check(judged);
    if (judged.outcome == Outcome::kNew && !judged.same.empty()) judged.outcome = Outcome::kDuplicate;
    return judged;
  }

 private:
  static bool wrong(const Judged& judged) {
    for (const Finding& one : judged.findings) {
      if (one.wrong) return true;
    }
    return false;
  }

  base::Status find_area(const InventoryRow& row, Judged& judged) {
    VG_ASSIGN(FoundArea found, finder_.find(judged.facts));
    const auto say = [&](const std::optional<Sentence>& sentence, bool is_wrong) {
      if (sentence) judged.findings.push_back(finding_at(row.number, row.cells, found.field, is_wrong, *sentence));
    };
    say(found.wrong, true);
    say(found.warning, false);
    judged.area = std::move(found.area);
    judged.outside_residential = found.outside_residential;
    return {};
  }

  /// V6, where the commune has an outline.
  base::Status check_map(const InventoryRow& row, Judged& judged) {
    const auto point = point_of(judged.facts);
    if (!point || !judged.area) return {};
    std::optional<catalogue::AreaId> commune = judged.area->area;
    if (judged.area->kind == catalogue::AreaKind::kResidential) commune = judged.area->parent;
    if (!commune) return {};
    catalogue::Problems problems;
    VG_TRY(catalogue::check_inside(session_, *commune, options_.today, *point, problems));
    const Field field = row.cells.count(Field::kPoint) > 0 ? Field::kPoint : Field::kLat;
    for (const catalogue::Problem& one : problems.all()) {
      judged.findings.push_back(finding_at(row.number, row.cells, field, false, one.sentence));
    }
    return {};
  }

  /// With what is registered already, as far as the person reaches.
  base::Status compare(Judged& judged) {
    const RowFacts& facts = judged.facts;
    if (facts.own_code.rfind("CAM-", 0) == 0) {
      VG_ASSIGN(const auto coded, catalogue::camera_by_code(session_, facts.own_code));
      if (coded) {
        VG_ASSIGN(const bool may, options_.may_write(session_, coded->area));
        if (may) return there(judged, coded->id, coded->code, {"cùng mã", "same code"});
      }
    }
    catalogue::DuplicateQuestion question;
    question.device = facts.device;
    if (!facts.stream_url.empty()) question.stream_urls.push_back(facts.stream_url);
    question.point = point_of(facts);
    question.azimuth_deg = facts.azimuth;
    VG_ASSIGN(const std::vector<catalogue::Duplicate> found, catalogue::find_duplicates(session_, question));
    for (const catalogue::Duplicate& one : found) {
      VG_ASSIGN(const auto camera, catalogue::camera_of(session_, one.camera));
      if (!camera) continue;
      VG_ASSIGN(const bool may, options_.may_write(session_, camera->area));
      if (may) judged.same.push_back({one.camera, 0, one.code, catalogue::same_by_name(one.reasons.front())});
    }
    return {};
  }
  static base::Status there(Judged& judged, const base::CameraId& camera, const std::string& code, Sentence reason) {
    judged.outcome = Outcome::kThere;
    judged.same.push_back({camera, 0, code, std::move(reason)});
    return {};
  }

  store::Reader& session_;
  const AreaFinder::Options& options_;
  AreaFinder finder_;
  SeenRows seen_;
};

void say_columns(const Columns& columns, Inventory& inventory) {
  for (const auto& [column, words] : columns.unknown) {
    inventory.remarks.push_back({false,
                                 Field::kIgnored,
                                 sheet::cell_name(columns.header_row, column),
                                 words,
                                 {fmt::format("Không biết cột “{}”: bỏ qua cột này.", words),
                                  fmt::format("The column \"{}\" is unknown and left out.", words)}});
  }
  for (const auto& [column, words] : columns.repeated) {
    inventory.remarks.push_back({false,
                                 Field::kIgnored,
                                 sheet::cell_name(columns.header_row, column),
                                 words,
                                 {fmt::format("Cột “{}” trùng với một cột đã đọc: bỏ qua.", words),
                                  fmt::format("The column \"{}\" repeats another and is left out.", words)}});
  }
}

}  // namespace

std::string_view outcome_key(Outcome outcome) {
  switch (outcome) {
    case Outcome::kNew:
      return "new";
    case Outcome::kThere:
      return "there";
    case Outcome::kDuplicate:
      return "duplicate";
    case Outcome::kWrong:
      break;
  }
  return "wrong";
}

base::Result<Inventory> rows_of(const sheet::Table& table, catalogue::Problems& problems) {
  const std::optional<Columns> columns = find_columns(table);
  if (!columns) {
    problems.refuse(
        "", "file",
        "Không tìm thấy dòng tiêu đề trong 15 dòng đầu: cần ít nhất hai cột như “Tên camera”, “Địa bàn”, “Tọa độ”.",
        "No header row among the first 15: at least two columns like \"Name\", \"Area\", \"Coordinates\" are needed.");
    return problems.status();
  }
  Inventory inventory;
  for (const sheet::Remark& remark : table.remarks) {
    if (!remark.wrong) {
      inventory.remarks.push_back({false,
                                   Field::kIgnored,
                                   remark.row == 0 ? "" : sheet::cell_name(remark.row, remark.column),
                                   "",
                                   {remark.words.vi, remark.words.en}});
    }
  }
  say_columns(*columns, inventory);
  for (const sheet::Row& row : table.rows) {
    if (row.number <= columns->header_row) continue;
    InventoryRow one;
    one.number = row.number;
    bool own = false;
    for (const auto& [column, field] : columns->fields) {
      if (field == Field::kIgnored || column >= row.cells.size()) continue;
      const sheet::Cell& cell = row.cells[column];
      if (cell.kind == sheet::CellKind::kEmpty) continue;
      own = own || !cell.merged;
      one.cells[field] = {column, cell.text, cell.kind == sheet::CellKind::kError};
    }
    if (own) inventory.rows.push_back(std::move(one));
  }
  if (inventory.rows.empty()) {
    problems.refuse("", "file", "Bảng không có dòng dữ liệu nào dưới dòng tiêu đề.",
                    "There are no rows below the header.");
    return problems.status();
  }
  return inventory;
}

base::Result<std::vector<Judged>> judge(store::Reader& session, const std::vector<InventoryRow>& rows,
                                        const AreaFinder::Options& options) {
  Judge judge(session, options);
  std::vector<Judged> judged;
  judged.reserve(rows.size());
  for (const InventoryRow& row : rows) {
    VG_ASSIGN(Judged one, judge.judge_row(row));
    judged.push_back(std::move(one));
  }
  return judged;
}

}  // namespace vonggac::intake
