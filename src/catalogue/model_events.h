/// The log of a model: events with documents and photos, money with its source, evaluations of a year.
/// Flow     form -> these functions -> store; every change tells the outbox.
/// Threads  within a transaction of room store.
/// Errors   Problems with sentences and kInvalidArgument; kNotFound: no such model.
/// Source   domain 3.2; seeds S0.9, S1.7, S3.10; report R6.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "catalogue/model_points.h"

namespace vonggac::catalogue {

struct ModelEventForm {
  ModelId model;
  std::optional<PointId> point;
  std::string kind;  ///< of model_event_kinds()
  Day day;
  std::optional<std::int64_t> attendance;
  std::string note;
  std::vector<DocumentId> documents;
  std::vector<std::string> photos;  ///< references of kept pictures
};
struct ModelEvent {
  base::Uuid id;
  std::optional<PointId> point;
  std::string kind;
  Day day;
  std::optional<std::int64_t> attendance;
  std::string note;
  std::vector<DocumentId> documents;
  std::vector<std::string> photos;
};
base::Result<base::Uuid> add_event(store::WriteSession& session, const ModelEventForm& form, Problems& problems);
/// Newest first, with what hangs on them; those of steps (launch, consolidation ...) are among them.
base::Result<std::vector<ModelEvent>> events_of(store::Reader& session, const ModelId& model, std::size_t most = 200);

struct FundingForm {
  ModelId model;
  std::string source;  ///< of funding_sources()
  std::int64_t amount_vnd = 0;
  Day day;
  std::string donors;  ///< a group, not a list of names: "120 hộ khóm 3"
  bool shown = false;  ///< on the public list (R6)
  std::optional<DocumentId> document;
  std::string note;
};
struct Funding {
  base::Uuid id;
  ModelId model;
  std::string source;
  std::int64_t amount_vnd = 0;
  Day day;
  std::string donors;
  bool shown = false;
  std::optional<DocumentId> document;
  std::string note;
};
base::Result<base::Uuid> add_funding(store::WriteSession& session, const FundingForm& form, Problems& problems);
/// By day. `public_only`: what residents may read.
base::Result<std::vector<Funding>> funding_of(store::Reader& session, const ModelId& model, bool public_only);

/// Added, never changed: of several for a year the newest counts, the others stay.
struct EvaluationForm {
  ModelId model;
  int year = 0;
  std::optional<double> self_score, superior_score;  ///< of 100
  std::string rank;                                  ///< XUAT_SAC, KHA, TRUNG_BINH, YEU, CHUA_XEP
  std::string rule;                                  ///< version of the rule it was judged under
  std::optional<DocumentId> decision;
};
struct Evaluation {
  int year = 0;
  std::optional<double> self_score, superior_score;
  std::string rank, rule;
  std::optional<DocumentId> decision;
  base::WallTime made_at;
};
std::span<const NamedCode> model_ranks();
base::Result<base::Uuid> add_evaluation(store::WriteSession& session, const EvaluationForm& form, Problems& problems);
/// Newest first.
base::Result<std::vector<Evaluation>> evaluations_of(store::Reader& session, const ModelId& model);

}  // namespace vonggac::catalogue
