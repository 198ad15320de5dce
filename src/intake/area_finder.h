/// Which area a row means: by official code or by names, as they were on a given day; an area that has been merged
/// since is what it became. What may mean several is not guessed. Flow     names of a row -> AreaFinder::find -> area
/// of today, or a sentence with the candidates Threads  within one transaction of room store; remembers what it has
/// looked up. Errors   those of the store. An area out of reach is answered like one that does not exist.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "catalogue/areas.h"
#include "intake/row_facts.h"

namespace vonggac::intake {

/// May the person write there?
using MayWrite = std::function<base::Result<bool>(store::Reader&, const catalogue::AreaId&)>;

struct FoundArea {
  std::optional<catalogue::AreaVersion> area;  ///< of today
  bool outside_residential = false;            ///< only the commune is known
  Field field = Field::kArea;                  ///< what the sentences are about
  std::optional<catalogue::Sentence> wrong, warning;
};

class AreaFinder {
 public:
  struct Options {
    catalogue::Day day, today;                ///< names are those of `day`
    std::optional<catalogue::AreaId> within;  ///< rows that name less lie here
    MayWrite may_write;
  };
  AreaFinder(store::Reader& session, Options options) : session_(session), options_(std::move(options)) {}
  base::Result<FoundArea> find(const RowFacts& facts);

 private:
  using Versions = std::vector<catalogue::AreaVersion>;
  base::Result<FoundArea> look_up(const RowFacts& facts);
  base::Result<Versions> communes(const RowFacts& facts, const std::string& commune, const std::string& province,
                                  catalogue::Day day);
  base::Result<Versions> below(const catalogue::AreaId& parent, catalogue::AreaKind kind, catalogue::Day day);
  base::Result<FoundArea> settle(const RowFacts& facts, const Versions& found, Field field, catalogue::Day day);
  base::Result<FoundArea> residential_in(const catalogue::AreaVersion& commune, const std::string& name, Field field,
                                         catalogue::Day day);
  base::Result<std::string> described(const catalogue::AreaVersion& version, catalogue::Day day);
  base::Result<std::vector<catalogue::Day>> days_before();

  store::Reader& session_;
  Options options_;
  std::map<std::string, FoundArea> answers_;
  std::map<std::pair<base::Uuid, std::int64_t>, Versions> children_;
  std::optional<std::vector<catalogue::Day>> days_before_;
};

/// "P. Xuân Hà", "phường xuân hà", "Xuân Hà" are all the same name; "Khóm 01" is "Khóm 1".
bool same_area_name(const catalogue::AreaVersion& version, std::string_view written);
/// Do also the accents and tones of what was written say that it is this one?
bool spelled_alike(const catalogue::AreaVersion& version, std::string_view written);

}  // namespace vonggac::intake
