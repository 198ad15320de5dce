/// Sites: where a camera hangs or should hang. A site outlives its devices; its code is printed on the pole.
/// Flow     survey form -> add_site / amend_site -> camera_site, area_member, outbox
/// Threads  within a transaction of room store.
/// Errors   Problems: V5 (one residential area, or the commune outside of all), V6 (warning); kNotFound: no such site.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/areas.h"
#include "catalogue/geo.h"
#include "catalogue/scope.h"

namespace vonggac::catalogue {

struct SiteId : base::Uuid {};

struct SiteForm {
  std::string name, address, route;
  std::optional<AreaId> area;
  bool outside_residential = false;  ///< "ngoài KDC": on a main road; then `area` is the commune
  std::optional<double> lat, lon;
  std::optional<double> azimuth_deg, field_of_view_deg;
  std::string mount, power, uplink, critical_point;  ///< codes, or empty
  bool public_place = false;
  std::string public_basis;  ///< decision or article by which the place is watched
  bool homes_visible = false;
  std::string sign_text, sign_photo;  ///< the photo: reference of the file
  std::optional<Day> sign_seen;
  std::optional<Day> surveyed;
  std::string surveyed_by, survey_light, survey_note;
  Day opened;  ///< from when on the site counts
};

struct Site {
  SiteId id;
  std::string code;
  SiteForm facts;
  std::optional<GeoPoint> point;
  std::optional<Day> closed;
  AreaId area;  ///< today
  std::optional<AreaId> residential, commune, province;
};

base::Result<SiteId> add_site(store::WriteSession& session, const SiteForm& form, Problems& problems);
/// All of the form but the area and the day it was opened; for the area see move_site.
base::Status amend_site(store::WriteSession& session, const SiteId& site, const SiteForm& form, Problems& problems);
/// From this day on it lies elsewhere.
base::Status move_site(store::WriteSession& session, const SiteId& site, const AreaId& area, bool outside_residential,
                       Day day, Problems& problems);
/// No camera may hang there any more.
base::Status close_site(store::WriteSession& session, const SiteId& site, Day day, Problems& problems);

base::Result<std::optional<Site>> site_of(store::Reader& session, const SiteId& site);
base::Result<std::optional<Site>> site_by_code(store::Reader& session, std::string_view code);

/// How many sites were open on `as_of` and lie in `area` by the boundaries of `boundaries`: the same day for "as it
/// was then", today for "as it is now".
base::Result<std::int64_t> count_sites(store::Reader& session, const AreaId& area, Day as_of, Day boundaries);
/// Sites in public places that are open and have no photo of their sign (I19), by code.
base::Result<std::vector<Site>> sites_without_sign(store::Reader& session, const AreaId& area, Day day);
/// Waiting reassignments of sites with coordinates get a proposal: the area of the other side of the change if its
/// outline holds the site. A person confirms it.
base::Result<std::int64_t> propose_site_areas(store::WriteSession& session, const std::vector<AreaId>& candidates,
                                              Day day);

struct SitePage {
  std::vector<Site> rows;
  std::string next;  ///< empty: that was all
};
/// By code. `after`: `next` of the page before.
base::Result<SitePage> list_sites(store::Reader& session, const ScopeFilter& scope, std::optional<AreaId> area,
                                  std::string_view after, std::size_t most, Day today);

}  // namespace vonggac::catalogue
