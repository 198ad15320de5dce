/// What people may ask of the running service: the JSON requests of docs/reference/control.md.
/// Flow     control socket or web process -> handle() -> reply, at once.
/// Threads  bound to core's main thread.
/// Errors   {"ok":false,"error":{kind,message}}; the message is one sentence that says what to do. "field" beside them
///          is for programs: which part of a request is wrong.
#pragma once

#include <string>

#include <boost/json.hpp>

#include "core/analyse_pool.h"
#include "core/camera_store.h"
#include "core/ingest_pool.h"
#include "core/router.h"
#include "core/status_report.h"

namespace vonggac::core {

class ProbeDesk;
enum class ProbeField;

/// Everything a command may touch; borrowed for the life of the service.
struct ServiceParts {
  const base::Clock& clock;
  CameraStore& store;
  record::Recorder& recorder;
  Router& router;
  IngestPool& ingest;
  AnalysePool& analyse;
  StatusReport& status;
  ProbeDesk& probes;
};

enum class Caller { kCommandLine, kWeb };

/// The "id" of a request. kInvalidArgument.
base::Result<base::CameraId> camera_id_of(const boost::json::object& request);

class Commands {
 public:
  explicit Commands(ServiceParts parts) : parts_(parts) {}
  /// The web process asks for what a person was let in to do: cameras and looking at motion. It gives a new camera the
  /// id the register has for it. What concerns the node as a whole stays with the command line.
  std::string handle(const std::string& request_json, Caller caller);

 private:
  base::Result<boost::json::object> run(const boost::json::object& request, Caller caller);
  base::Result<boost::json::object> add(const boost::json::object& request, Caller caller);
  base::Result<boost::json::object> set(const boost::json::object& request);
  base::Result<boost::json::object> remove(const boost::json::object& request);
  base::Result<boost::json::object> list() const;
  base::Result<boost::json::object> snapshot(const boost::json::object& request) const;
  base::Result<boost::json::object> tune(const boost::json::object& request) const;
  base::Result<boost::json::object> shadow(const boost::json::object& request);
  base::Result<boost::json::object> wake(const boost::json::object& request);
  base::Result<boost::json::object> accept_view(const boost::json::object& request);
  base::Result<boost::json::object> probe(const boost::json::object& request);
  base::Result<boost::json::object> discover(const boost::json::object& request);
  base::Result<boost::json::object> probe_view(const boost::json::object& request) const;
  base::Result<boost::json::object> probe_still(const boost::json::object& request) const;
  base::Result<boost::json::object> probe_cancel(const boost::json::object& request);
  base::Result<boost::json::object> camera_brands() const;
  base::Result<boost::json::object> with_probe(boost::json::object request, boost::json::object& measured) const;
  base::Status refuse_field(const base::Status& status, ProbeField wrong);

  ServiceParts parts_;
  std::string refused_field_;  ///< of the request that is being answered
};

}  // namespace vonggac::core
