/// The register at the size of the country: bench_register [--engine sqlite|postgresql] [--cameras N] [--questions
/// N]. 34 provinces, 3,321 communes, 70,000 residential areas, each third of the communes merged out of three older
/// ones (ten years of versions), and 100,000 cameras, all invented; then what people ask of it, each many times over.
/// Prints JSON with medians and 95th percentiles in milliseconds of wall time, and the memory of this process.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "access/grants.h"
#include "access/sessions.h"
#include "access/users.h"
#include "catalogue/area_changes.h"
#include "catalogue/areas.h"
#include "catalogue/camera_lists.h"
#include "catalogue/cameras.h"
#include "catalogue/health.h"
#include "catalogue/uptime.h"
#include "gate/admission.h"
#include "gate/office.h"
#include "intake/imports.h"
#include "sheet/table.h"
#include "support/postgres_server.h"
#include "support/temp_folder.h"

namespace {

using namespace vonggac;
using catalogue::AreaId;
using catalogue::Day;
using Clock = std::chrono::steady_clock;

constexpr int kProvinces = 34;
constexpr int kCommunes = 3321;
constexpr int kResidential = 70'000;

struct Options {
  store::Engine engine = store::Engine::kSqlite;
  int cameras = 100'000;
  int questions = 200;
  int imported = 10'000;
};

[[noreturn]] void give_up(const base::Status& status) {
  std::cerr << "bench_register: " << status.to_string() << '\n';
  std::exit(1);
}
template <typename T>
T must(base::Result<T> result) {
  if (!result) give_up(result.error());
  return std::move(*result);
}
void must(const base::Status& status) {
  if (!status.ok()) give_up(status);
}

double ms_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

double resident_mib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("VmRSS:", 0) == 0) return std::stod(line.substr(6)) / 1024;
  }
  return 0;
}

class Country {
 public:
  Country(const Options& options, gate::Office& office) : options_(options), office_(office) {}

  void fill() {
    add_areas();
    add_sites_and_cameras();
    // What its own upkeep does within a minute of such a load; otherwise that runs beside the first questions.
    if (options_.engine == store::Engine::kPostgres) {
      must(office_.store().write_quietly([](store::WriteSession& s) { return s.run("analyze").error(); }));
    }
  }

  double areas_s = 0, cameras_s = 0;
  std::vector<AreaId> provinces, communes, residential;

 private:
  template <typename Make>
  void in_batches(int count, int batch, Make make) {
    for (int first = 0; first < count; first += batch) {
      must(office_.store().write([&](store::WriteSession& session) -> base::Status {
        for (int i = first; i < std::min(count, first + batch); ++i) VG_TRY(make(session, i));
        return {};
      }));
    }
  }

  static base::Result<AreaId> area(store::WriteSession& session, const std::string& name, const char* type,
                                   std::string code, const AreaId* parent, Day from) {
    catalogue::AreaForm form;
    form.name = name;
    form.type = type;
    form.code = std::move(code);
    if (parent != nullptr) form.parent = *parent;
    form.basis = "số liệu tạo ra để đo";
    catalogue::Problems problems;
    return catalogue::add_area(session, form, from, problems);
  }

  void add_areas() {
    const auto begin = Clock::now();
    const Day ten_years_ago = Day::of(2016, 1, 1), merger = Day::of(2025, 7, 1);
    provinces.resize(kProvinces);
    communes.resize(kCommunes);
    residential.resize(kResidential);
    in_batches(kProvinces, kProvinces, [&](store::WriteSession& s, int i) -> base::Status {
      VG_ASSIGN(provinces[static_cast<std::size_t>(i)],
                area(s, fmt::format("Tỉnh số {}", i + 1), "TINH", fmt::format("{:02}", i + 1), nullptr, ten_years_ago));
      return {};
    });
    in_batches(kCommunes, 200, [&](store::WriteSession& s, int i) -> base::Status {
      const AreaId& province = provinces[static_cast<std::size_t>(i % kProvinces)];
      if (i % 3 != 0) {
        VG_ASSIGN(communes[static_cast<std::size_t>(i)],
                  area(s, fmt::format("An Bình {}", i), "PHUONG", fmt::format("{:05}", 10'000 + i), &province,
                       ten_years_ago));
        return {};
      }
      catalogue::MergeForm merge;
      for (int part = 0; part < 3; ++part) {
        VG_ASSIGN(const AreaId old, area(s, fmt::format("Phú Thọ {} cũ {}", i, part), "XA",
                                         fmt::format("{:05}", 20'000 + 3 * i + part), &province, ten_years_ago));
        merge.sources.push_back(old);
      }
      merge.form.emplace();
      merge.form->name = fmt::format("Phú Thọ {}", i);
      merge.form->type = "XA";
      merge.form->code = fmt::format("{:05}", 10'000 + i);
      merge.form->parent = province;
      merge.form->basis = "1668/NQ-UBTVQH15";
      merge.basis = "1668/NQ-UBTVQH15";
      catalogue::Problems problems;
      VG_ASSIGN(const catalogue::MergeResult done, catalogue::merge_areas(s, merge, merger, problems));
      communes[static_cast<std::size_t>(i)] = done.target;
      return {};
    });
    in_batches(kResidential, 1000, [&](store::WriteSession& s, int i) -> base::Status {
      const AreaId& commune = communes[static_cast<std::size_t>(i % kCommunes)];
      VG_ASSIGN(residential[static_cast<std::size_t>(i)],
                area(s, fmt::format("{}", i / kCommunes + 1), "TO_DAN_PHO", "", &commune, merger));
      return {};
    });
    areas_s = ms_since(begin) / 1000;
  }

  void add_sites_and_cameras() {
    const auto begin = Clock::now();
    std::mt19937 random(7);
    in_batches(options_.cameras, 1000, [&](store::WriteSession& s, int i) -> base::Status {
      catalogue::Problems problems;
      catalogue::SiteForm site;
      site.name = fmt::format("Ngã tư {}", i);
      site.address = fmt::format("Số {} đường Trần Phú", i % 900 + 1);
      site.area = residential[static_cast<std::size_t>(i) % residential.size()];
      site.lat = 8.6 + static_cast<double>(random() % 14'000'000) / 1e6;
      site.lon = 103.0 + static_cast<double>(random() % 6'000'000) / 1e6;
      site.azimuth_deg = static_cast<double>(random() % 360);
      site.public_place = true;
      site.public_basis = "12/QĐ-UBND";
      site.opened = Day::of(2025, 8, 1);
      VG_ASSIGN(const catalogue::SiteId id, catalogue::add_site(s, site, problems));
      catalogue::CameraForm camera;
      camera.name = fmt::format("Camera cổng {}", i);
      camera.kind = "CHI_DANG_KY";
      camera.site = id;
      camera.device.brand = i % 2 == 0 ? "Hikvision" : "Dahua";
      camera.device.serial = fmt::format("SN{:08}", i);
      camera.ownership = "XA_HOI_HOA";
      camera.purpose = "AN_NINH";
      return catalogue::register_camera(s, camera, problems).error();
    });
    // Lives and health as they are found: a third of what was put up works.
    must(office_.store().write_quietly([&](store::WriteSession& s) -> base::Status {
      VG_TRY(s.run("update camera set life = 'HOAT_DONG'").error());
      VG_TRY(s.run("update camera set health = case when substr(code, length(code), 1) in ('1', '4', '7') then "
                   "'CO_TIN_HIEU' else 'MAT_TIN_HIEU' end")
                 .error());
      return {};
    }));
    cameras_s = ms_since(begin) / 1000;
  }

  const Options& options_;
  gate::Office& office_;
};

class Questions {
 public:
  Questions(const Options& options, gate::Office& office, const Country& country)
      : options_(options), office_(office), country_(country), today_(Day::at(office.clock().wall_now())) {}

  std::string json() {
    ask("list_by_code", [&](store::Reader& s, int i) {
      return catalogue::list_cameras(s, scope(i), {}, {catalogue::CameraSort::kCode, "", 50}, today_).error();
    });
    ask("list_by_name_of_a_commune", [&](store::Reader& s, int i) {
      catalogue::CameraFilter filter;
      filter.area = country_.communes[index(i, country_.communes)];
      return catalogue::list_cameras(s, {true, {}}, filter, {catalogue::CameraSort::kName, "", 50}, today_).error();
    });
    ask("list_dead_of_a_province", [&](store::Reader& s, int i) {
      catalogue::CameraFilter filter;
      filter.area = country_.provinces[index(i, country_.provinces)];
      filter.health = "MAT_TIN_HIEU";
      return catalogue::list_cameras(s, {true, {}}, filter, {catalogue::CameraSort::kCode, "", 50}, today_).error();
    });
    ask("search_cameras", [&](store::Reader& s, int i) {
      const std::string words =
          i % 2 == 0 ? fmt::format("camera cong {}", i * 37) : fmt::format("tran phu an binh {}", i);
      return catalogue::find_cameras(s, scope(i), {}, words, today_).error();
    });
    ask("search_areas", [&](store::Reader& s, int i) {
      const std::string words =
          i % 2 == 0 ? fmt::format("to {} phu tho {}", i % 20 + 1, i * 3) : fmt::format("p an binh {}", i * 3 + 1);
      return catalogue::find_areas(s, words, today_).error();
    });
    ask("area_by_code_of_an_old_day", [&](store::Reader& s, int i) {
      return catalogue::area_by_code(s, catalogue::AreaKind::kCommune,
                                     fmt::format("{:05}", 20'000 + 3 * (i * 3 % kCommunes)), Day::of(2020, 5, 1))
          .error();
    });
    ask("map_of_a_town", [&](store::Reader& s, int i) {
      const double lat = 9 + i % 12, lon = 104 + i % 4;
      return catalogue::cameras_on_map(s, {true, {}}, box(lat, lon, 0.1), today_).error();
    });
    ask("map_of_the_country", [&](store::Reader& s, int) {
      return catalogue::cameras_on_map(s, {true, {}}, box(8, 102, 15), today_).error();
    });
    ask("eyes_of_a_province", [&](store::Reader& s, int i) {
      return catalogue::eyes_in(s, country_.provinces[index(i, country_.provinces)], today_).error();
    });
    admission();
    return text_;
  }

 private:
  template <typename List>
  static std::size_t index(int i, const List& list) {
    return static_cast<std::size_t>(i) * 13 % list.size();
  }
  catalogue::ScopeFilter scope(int i) const {
    if (i % 3 == 0) return {true, {}};
    return {false,
            {i % 3 == 1 ? base::Uuid(country_.provinces[index(i, country_.provinces)])
                        : base::Uuid(country_.communes[index(i, country_.communes)])}};
  }
  static catalogue::MapBox box(double lat, double lon, double size) {
    return {catalogue::geo_point(lat, lon), catalogue::geo_point(lat + size, lon + size)};
  }

  void note(const char* name, std::vector<double> times) {
    std::sort(times.begin(), times.end());
    text_ +=
        fmt::format("{}\"{}\":{{\"median_ms\":{:.3f},\"p95_ms\":{:.3f},\"max_ms\":{:.3f}}}", text_.empty() ? "" : ",",
                    name, times[times.size() / 2], times[times.size() * 95 / 100], times.back());
  }

  void ask(const char* name, const std::function<base::Status(store::Reader&, int)>& question) {
    std::vector<double> times;
    for (int i = 0; i < options_.questions; ++i) {
      const auto begin = Clock::now();
      must(office_.store().read([&](store::Reader& session) { return question(session, i); }));
      times.push_back(ms_since(begin));
    }
    note(name, std::move(times));
  }

  /// What the decision costs beside the work: a session, a grant in a province, a commune as object.
  void admission() {
    access::UserId user;
    std::string token;
    must(office_.store().write([&](store::WriteSession& s) -> base::Status {
      VG_ASSIGN(user, access::add_user(s, "do.luong", "Người đo", "no hash", false));
      VG_TRY(access::give_grant(s, user, "MO_HINH", country_.provinces[0], {0}, access::kNoEnd, std::nullopt).error());
      VG_ASSIGN(token, access::begin_session(s, user, true, "127.0.0.1"));
      return {};
    }));
    gate::Demand list, one;
    list.name = one.name = "bench";
    list.action = one.action = access::Action::kRegisterRead;
    one.object = gate::ObjectKind::kArea;
    for (const auto& [name, demand, object] :
         std::vector<std::tuple<const char*, gate::Demand, std::optional<base::Uuid>>>{
             {"admission_to_a_list", list, std::nullopt},
             {"admission_to_an_area", one, country_.communes[kProvinces]}}) {
      std::vector<double> times;
      for (int i = 0; i < options_.questions * 5; ++i) {
        const auto begin = Clock::now();
        gate::Asked asked;
        asked.credentials.session = token;
        asked.object = object;
        const auto outcome = must(gate::admit(office_, demand, asked));
        times.push_back(ms_since(begin));
        if (!std::holds_alternative<gate::Admission>(outcome)) give_up(base::internal_error("not admitted"));
      }
      note(name, std::move(times));
    }
  }

  const Options& options_;
  gate::Office& office_;
  const Country& country_;
  const Day today_;
  std::string text_;
};

/// An inventory of cameras: looked at, then applied, each in one transaction.
class Inventory {
 public:
  Inventory(const Options& options, gate::Office& office) : options_(options), office_(office) {}

  std::string json() {
    const intake::MayWrite everywhere = [](store::Reader&, const AreaId&) { return base::Result<bool>(true); };
    intake::ImportForm form;
    form.who = "đo";
    form.file_name = "bang-ke.xlsx";
    form.digest = "0";
    form.table = table();
    intake::ImportId id;
    const auto begin = Clock::now();
    write([&](store::WriteSession& s, catalogue::Problems& problems) -> base::Status {
      VG_ASSIGN(id, intake::start_import(s, form, everywhere, problems));
      return {};
    });
    const double looked_at_s = ms_since(begin) / 1000;
    intake::Applied applied;
    write([&](store::WriteSession& s, catalogue::Problems& problems) -> base::Status {
      VG_ASSIGN(applied, intake::apply_import(s, id, everywhere, problems));
      return {};
    });
    const double total_s = ms_since(begin) / 1000;
    if (applied.cameras != options_.imported) give_up(base::internal_error("not every row was imported"));
    return fmt::format("{{\"rows\":{},\"looked_at_s\":{:.1f},\"applied_s\":{:.1f},\"total_s\":{:.1f}}}",
                       options_.imported, looked_at_s, total_s - looked_at_s, total_s);
  }

 private:
  template <typename Work>
  void write(Work work) {
    catalogue::Problems problems;
    must(office_.store().write([&](store::WriteSession& s) { return work(s, problems); }));
  }
  static sheet::Cell text(std::string words) {
    sheet::Cell cell;
    cell.kind = sheet::CellKind::kText;
    cell.text = std::move(words);
    return cell;
  }
  sheet::Table table() const {
    sheet::Table table;
    const auto add = [&](const std::vector<std::string>& cells) {
      sheet::Row row;
      row.number = static_cast<std::uint32_t>(table.rows.size() + 1);
      for (const std::string& one : cells) row.cells.push_back(text(one));
      table.rows.push_back(std::move(row));
    };
    add({"Tên camera", "Khu dân cư", "Mã xã", "Địa chỉ", "Vĩ độ", "Kinh độ", "Hướng", "Chủ sở hữu", "Hãng", "Số sê-ri",
         "MAC", "Luồng RTSP", "Mục đích"});
    std::mt19937 random(11);
    for (int i = 0; i < options_.imported; ++i) {
      const int commune = (i / 40) % kCommunes;
      add({fmt::format("Camera nhập {}", i), fmt::format("Tổ dân phố {}", i % 20 + 1),
           fmt::format("{:05}", 10'000 + commune), fmt::format("Số {} đường Lê Lợi", i % 700 + 1),
           fmt::format("{:.6f}", 8.6 + static_cast<double>(random() % 14'000'000) / 1e6),
           fmt::format("{:.6f}", 103.0 + static_cast<double>(random() % 6'000'000) / 1e6),
           std::to_string(random() % 360), fmt::format("Hộ ông Trần Văn {}", i / 3), "Dahua", fmt::format("NK{:08}", i),
           fmt::format("3C:EF:8C:{:02X}:{:02X}:{:02X}", i >> 16, (i >> 8) & 255, i & 255),
           fmt::format("rtsp://10.{}.{}.{}/live", i >> 16, (i >> 8) & 255, i & 255), "AN_NINH"});
    }
    return table;
  }

  const Options& options_;
  gate::Office& office_;
};

Options options_of(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i], value = argv[i + 1];
    if (name == "--engine") options.engine = value == "postgresql" ? store::Engine::kPostgres : store::Engine::kSqlite;
    if (name == "--cameras") options.cameras = std::stoi(value);
    if (name == "--questions") options.questions = std::stoi(value);
    if (name == "--imported") options.imported = std::stoi(value);
  }
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = options_of(argc, argv);
  const base::SystemClock clock;
  const test::TempFolder folder;
  const bool postgres = options.engine == store::Engine::kPostgres;
  const std::string database = postgres ? test::PostgresServer::shared({"128MB", "on"}).make_database() : std::string();
  const auto office = must(gate::Office::open({folder.path(), database}, clock));
  Country country(options, *office);
  country.fill();
  const std::string answers = Questions(options, *office, country).json();
  const std::string imported = Inventory(options, *office).json();
  std::cout
      << fmt::format(
             "{{\"benchmark\":\"register\",\"engine\":\"{}\",\"communes\":{},\"residential_areas\":{},\"cameras\":{},"
             "\"questions\":{},"
             "\"areas_added_in_s\":{:.1f},\"cameras_added_in_s\":{:.1f},\"answers\":{{{}}},\"import\":{},"
             "\"resident_mib\":{:.0f}}}",
             store::engine_name(options.engine), kCommunes, kResidential, options.cameras, options.questions,
             country.areas_s, country.cameras_s, answers, imported, resident_mib())
      << std::endl;
  return 0;
}
