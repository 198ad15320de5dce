/// Where a model is carried out: points (điểm) in an area or at a unit, their teams (tổ), and the cameras that belong
/// to them. A camera may serve two models. Flow     form -> these functions -> store; every change tells the outbox.
/// Threads  within a transaction of room store.
/// Errors   Problems with sentences (V10) and kInvalidArgument; kNotFound: no such point.
/// Source   domain 2.1 (counting rule), 3.2; rule V10; seeds S0.12, S1.5.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "catalogue/models.h"

namespace vonggac::catalogue {

struct PointId : base::Uuid {};

/// In an area or at a unit, exactly one of them.
struct PointForm {
  ModelId model;
  std::optional<AreaId> area;
  std::optional<PartyId> unit;
  Day from;
  std::optional<PointId> replicated_from;
};
struct ModelPoint {
  PointId id;
  ModelId model;
  std::optional<AreaId> area;
  std::optional<PartyId> unit;
  Day from, to;
  std::optional<PointId> replicated_from, continues;
  std::string state;  ///< on the day asked: that of its model, KET_THUC once it is over
};
base::Result<PointId> add_point(store::WriteSession& session, const PointForm& form, Problems& problems);
/// With its teams and cameras.
base::Status end_point(store::WriteSession& session, const PointId& id, Day day, Problems& problems);
base::Result<std::optional<ModelPoint>> point_by_id(store::Reader& session, const PointId& id, Day day);
/// Those that have begun by that day, ended ones too, oldest first.
base::Result<std::vector<ModelPoint>> points_of(store::Reader& session, const ModelId& model, Day day);

struct TeamForm {
  PointId point;
  std::string name;
  std::optional<PartyId> leader;
  std::int64_t members = 0, households = 0;  ///< households it looks after
  Day from;
};
struct ModelTeam {
  base::Uuid id;
  PointId point;
  std::string name;
  std::optional<PartyId> leader;
  std::int64_t members = 0, households = 0;
  Day from, to;
};
base::Result<base::Uuid> add_team(store::WriteSession& session, const TeamForm& form, Problems& problems);
base::Status end_team(store::WriteSession& session, const base::Uuid& id, Day day);
base::Result<std::vector<ModelTeam>> teams_of(store::Reader& session, const PointId& point, Day day);

/// V10: neither a model nor a point that has ended gains cameras. Twice is as once.
base::Status attach_camera(store::WriteSession& session, const PointId& point, const base::Uuid& camera, Day day,
                           Problems& problems);
base::Status detach_camera(store::WriteSession& session, const PointId& point, const base::Uuid& camera, Day day);
/// Each camera once, however many points it serves.
base::Result<std::vector<base::Uuid>> cameras_of_model(store::Reader& session, const ModelId& model, Day day);
base::Result<std::vector<ModelId>> models_of_camera(store::Reader& session, const base::Uuid& camera, Day day);

}  // namespace vonggac::catalogue
