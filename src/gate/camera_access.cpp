#include "gate/camera_access.h"

#include <algorithm>

#include <fmt/format.h>

#include "catalogue/agreements.h"
#include "catalogue/scope.h"

namespace vonggac::gate {
namespace {

using catalogue::AgreementFacts;

/// A household's camera stays theirs wherever it looks.
constexpr std::string_view kPlaceColumns =
    "select c.id, s.public_place, c.ownership, c.audio_basis <> '', exists (select 1 from agreement_camera a where "
    "a.camera = c.id) from camera c join camera_site s on s.id = c.site";

base::Result<AgreementFacts> facts_of(store::Reader& session, const store::Row& row, base::WallTime now) {
  AgreementFacts facts;
  facts.public_place = row.flag(1) && row.text(2) != "HO_CHIA_SE";
  facts.audio_legal_basis = row.flag(3);
  if (!row.flag(4)) return facts;
  return catalogue::agreement_facts(session, row.id(0), now, facts.public_place, facts.audio_legal_basis);
}

struct OwnersWord {
  AgreementFacts facts;
  bool household = false;  ///< nothing of theirs is taken before they say so
};
base::Result<std::optional<OwnersWord>> owners_word(store::Reader& session, const base::CameraId& camera,
                                                    base::WallTime now) {
  VG_ASSIGN(const store::Rows rows, session.query(fmt::format("{} where c.id = $1", kPlaceColumns), {camera}));
  if (rows.empty()) return std::optional<OwnersWord>();
  OwnersWord word;
  VG_ASSIGN(word.facts, facts_of(session, rows[0], now));
  word.household = rows[0].text(2) == "HO_CHIA_SE";
  return std::optional(std::move(word));
}

/// Conditions on the columns that tell where a camera lies today, and their parameters.
std::string scope_condition(const catalogue::ScopeAreas& scope, store::Parameters& parameters) {
  if (scope.everywhere) return "1 = 1";
  std::string condition;
  for (const catalogue::ScopeArea& area : scope.areas) {
    parameters.push_back(store::Value(area.area));
    condition += fmt::format("{}c.{} = ${}", condition.empty() ? "" : " or ", area.column, parameters.size());
  }
  return condition.empty() ? "1 = 0" : condition;
}

}  // namespace

std::optional<catalogue::Use> use_of(access::Action action) {
  switch (action) {
    case access::Action::kLiveView:
      return catalogue::Use::kLive;
    case access::Action::kPlayback:
      return catalogue::Use::kPlayback;
    case access::Action::kExportMake:
      return catalogue::Use::kExport;
    default:
      return std::nullopt;
  }
}

base::Result<CameraAccess> camera_access(store::Reader& session, const base::CameraId& camera, base::WallTime now) {
  CameraAccess access;
  VG_ASSIGN(const store::Rows rows, session.query(fmt::format("{} where c.id = $1", kPlaceColumns), {camera}));
  if (rows.empty()) return access;
  VG_ASSIGN(access.areas, catalogue::camera_lineage(session, camera, catalogue::Day::at(now)));
  VG_ASSIGN(access.agreement, facts_of(session, rows[0], now));
  return access;
}

base::Result<std::optional<catalogue::AgreementDecision>> recording_decision(store::Reader& session,
                                                                             const base::CameraId& camera,
                                                                             base::WallTime now) {
  VG_ASSIGN(const std::optional<OwnersWord> word, owners_word(session, camera, now));
  if (!word || (!word->facts.given && !word->household)) return std::optional<catalogue::AgreementDecision>();
  return std::optional(catalogue::agreement_allows(word->facts, catalogue::Use::kRecord, now));
}

base::Result<std::optional<catalogue::AgreementDecision>> sound_decision(store::Reader& session,
                                                                         const base::CameraId& camera,
                                                                         base::WallTime now) {
  VG_ASSIGN(std::optional<OwnersWord> word, owners_word(session, camera, now));
  const bool bound = word && (word->facts.given || word->facts.public_place || word->household);
  if (!bound) return std::optional<catalogue::AgreementDecision>();
  word->facts.hours.clear();
  return std::optional(catalogue::agreement_allows(word->facts, catalogue::Use::kAudio, now));
}

bool CameraChoice::has(const base::CameraId& camera) const {
  if (std::find(except.begin(), except.end(), camera) != except.end()) return false;
  return !among || std::find(among->begin(), among->end(), camera) != among->end();
}

base::Result<CameraChoice> cameras_within(store::Reader& session, const access::Authority::Scope& scope,
                                          access::Action action, base::WallTime now) {
  VG_ASSIGN(const catalogue::ScopeAreas areas,
            catalogue::resolve_scope(session, {scope.everywhere, scope.roots}, catalogue::Day::at(now)));
  store::Parameters parameters;
  const std::string where = scope_condition(areas, parameters);
  // What is only registered has no pictures.
  VG_ASSIGN(const store::Rows rows,
            session.query(fmt::format("{} where c.kind <> 'CHI_DANG_KY' and ({})", kPlaceColumns, where), parameters));
  const std::optional<catalogue::Use> use = use_of(action);
  CameraChoice choice;
  if (!areas.everywhere) choice.among.emplace();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const base::CameraId camera{rows[i].id(0)};
    bool agreed = true;
    if (use) {
      VG_ASSIGN(const AgreementFacts facts, facts_of(session, rows[i], now));
      agreed = catalogue::agreement_allows(facts, *use, now).allowed;
      if (agreed && facts.given && !facts.hours.empty()) choice.hours[camera] = facts.hours;
    }
    if (!agreed) choice.except.push_back(camera);
    if (agreed && choice.among) choice.among->push_back(camera);
  }
  return choice;
}

}  // namespace vonggac::gate
